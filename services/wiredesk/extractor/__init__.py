"""Extractor: an accepted page in, a cleaned article out, or the reason why the page is no article.

extract      the stage: which reader, which verdict
reading      what a reader of a page brings back, each field with its evidence
html         reads HTML: document, structured, metadata, body, captions
flattened    reads text that was once a page
body         which texts of a page are its story
metadata     headline, authors, times, and the rest, each from the place that is believed
page_type    articles told from index pages, galleries, consent walls, error pages
signals      what tells an article from other pages; terms, what words tell of it; page_model, the model over both
models       what was learnt, by `training.extraction`
quirks       what a publisher's pages need
explain      why a text was kept or dropped
truncation   stories that their page breaks off
moments      times as pages write them
words        words and letters in any script
"""
