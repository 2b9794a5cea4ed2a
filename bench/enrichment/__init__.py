"""Benchmarks of enrichment on public gold sets.

command     `python -m bench.enrichment`: one row for each measure, with its interval and the value that is required
groups      the groups of rows, by name
figures     the figures of each language, as the documentation states them
rows        a row; intervals by bootstrap; the table
articles    a text as a cleaned article
datasets    the sets as articles and stories
languages   the languages that the project requires
progress    progress on standard error
sources     where the sets lie, and where they come from
stage       enrichment as a whole, or without its tagger
topics      topics compared with labelled articles
clusters    mentions, and B-cubed of their clusters
conll       CoNLL files, and exact spans
names       names in articles of many languages: exact spans, `alt` and `optional` ones
taggers     a tagger alone on sentences of many languages
linking     ids of Wikidata compared with titles of Wikipedia, and with cases of our own
cost        CPU time by language, memory, and the time to load the models, in a process of its own
speed       CPU time compared with the published pipeline alone
memory      memory of a process over many pages
ablations   what each part of enrichment adds
plots       curves as SVG
"""
