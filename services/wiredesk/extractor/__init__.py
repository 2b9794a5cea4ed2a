"""The extractor: reads an accepted page, publishes a cleaned article, or the reason why the page is not an article.

extract         the stage: extracts a page, classifies it, publishes the event
html            extracts an HTML page, step by step
hidden_story    stories that are not in the visible mark-up
flattened       extracts a plain-text page
document        HTML documents, parsed within bounds
page_elements   the elements of a page by name and attribute, read in one walk
surplus_attributes  attributes beyond what a page needs, cut before the parse
surplus_tags    tags beyond what a page needs, cut before the parse
site_rules      selectors for the pages of given hosts, built in or an operator's
metadata        headline, byline, dates and the like, each with its evidence
captions        captions and credits of pictures
body            which texts of a page are its story
signals         what distinguishes articles from other pages, as numbers
page_type       articles, or index pages, galleries, consent walls, error pages
story_measure   how much of a body is a story, and how surely
page_language   the language of the story, and of texts in another one
notices         texts of error pages and consent walls, in many languages
removals        pages that say that their story is gone, and notices that withdraw one, in many languages
extracted_page  what was read from a page, before it is classified
models          the models that ship, trained by `training.extraction`
explain         why a text was kept or dropped
settings        the extractor's settings
words           words, sentences and whitespace in any script
"""
