"""Completeness: the audit that goes on, range after range of raw pages, and what it measures.

open_pages  the pages about which nothing is known yet, one byte for each
marks       how far the audit is, as committed offsets
continuous  a round: read what became of pages, and close those that are accounted for
tally       the counts of rounds, held until their series were seen at 0
running     rounds until it is stopped
metrics     every metric of the audit
settings    where the audit serves its metrics
"""
