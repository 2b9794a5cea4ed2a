"""Extractor: an accepted page in, a cleaned article out, or the reason why the page is no article.

extract      the stage: which reader, which verdict
reading      what a reader of a page brings back, each field with its evidence
page_type    articles told from index pages, galleries, consent walls, error pages
html         reads HTML: document, structured, metadata, blocks, captions
flattened    reads text that was once a page
moments      times as pages write them
words        word counts in any script
"""
