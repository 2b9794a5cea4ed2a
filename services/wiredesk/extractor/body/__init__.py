"""The body of a page: which of its texts belong to the story.

    HTML ─▶ segments ─▶ html_features ─┐
                                       ├─▶ trees ─▶ network ─▶ story ─▶ blocks
    text ─▶ lines ─────────────────────┘

segments        HTML split into pieces of text, and the containers around them
layout          tables and lists that only put the parts of a page in their places
lines           text split into lines, and their features
characters      kinds of characters, counted for all texts of a page at once
page_words      the words of a page as numbers
features        features of any text: by itself, by its place, by its neighbours, by its subject
html_features   features of the segments of an HTML page, by all of these:
container_tree      the containers of a page as arrays
container_features  the containers around each segment: tags, class names, sizes
story_features      which of several stories on the page a segment belongs to
hint_features       what the page says about its story outside of its body
lexicon_odds    what words say about a text, learned
vocabulary      groups of words that show what a piece of a page is; add a language to its `.toml`
trees           classify each text by its features
network         reads all texts of a page and the trees' log-odds
drop_caps       first letters that are set large belong to their words
other_stories   texts of other stories, by the structure of the page
offers          offers of subscriptions and newsletters; add a language to its `.toml`
pointers        labels before links to other stories; add a language to its `.toml`
unseen_labels   texts for screen readers only
repeated_texts  texts that only repeat another one of the story
other_subjects  the end of a text page that is of another subject
correction_notes  notes of a correction that a page sets beside its story
story           texts with their probabilities, exclusions, and blocks
completeness    how much prose the body lacks
"""
