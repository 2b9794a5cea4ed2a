"""Benchmarks of extraction on public pages, beside other extractors.

command      `python -m bench.extraction`: what is measured, and the table of what is required
methods      extractors as functions from a page to fields
variants     the same pages as text, without declarations, and made long
figures      shares and F1 with their intervals
required     the figures that are required
speed        CPU time by step, beside trafilatura, and its growth
metamorphic  the same pages rewritten: do type and body change?
fuzz         broken and hostile pages
"""
