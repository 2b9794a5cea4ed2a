"""Metadata of a page: several places state each field, and the most trusted one that has a value is used.

fields    the fields, each with its evidence, and the order in which an HTML page's places are read
sources   the places of an HTML page: JSON-LD, `<meta>`, headings, `<title>`
titles    the headline and the standfirst
authors   the byline
dates     publication and last change
"""
