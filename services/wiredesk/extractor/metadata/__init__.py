"""Metadata of a page: several places state each field, and the most trusted one that has a value is used.

fields         the fields, each with its evidence, and the order in which a page's places are read
sources        the places of an HTML page: JSON-LD, `<meta>`, headings, `<title>`
text_sources   the places of a text page: lines around its body
titles         the headline and the standfirst
acting_headings  what acts as the headline of a page whose headings do not
trail_headings  headings of pages whose `<h1>` ends the trail of sections above the story
title_ends     the name of a site that a page only signs itself with, in the title of its window
kickers        words before a headline that not every place of a page has
address_words  words of a page's address, which often repeat its headline
text_titles    the headline of a text page
authors        the byline
dates          publication and last change
publication    the publication that a text page names
publishers     the publication that an HTML page names
sections       the section that a story is in
keywords       keywords, one by one
images         the lead image
corrections    corrections that a page states to machines
access         whether a story is for subscribers only
json_ld        JSON-LD of a page
story_node     the page's own story among the objects of its JSON-LD
microdata      microdata and RDFa in the form of JSON-LD
languages      the languages that a page states
"""
