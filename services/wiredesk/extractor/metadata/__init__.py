"""Metadata of a page: several places state each field, and the most trusted one that has a value is used.

fields         the fields, each with its evidence, and the order in which a page's places are read
sources        the places of an HTML page: JSON-LD, `<meta>`, headings, `<title>`
text_sources   the places of a text page: lines around its body
titles         the headline and the standfirst
text_titles    the headline of a text page
authors        the byline
dates          publication and last change
publication    the publication that a text page names
languages      the languages that a page states
"""
