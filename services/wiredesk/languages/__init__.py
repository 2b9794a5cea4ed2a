"""Languages and scripts of texts, for every service that reads them.

detector     language detection
codes        codes of languages
tags         language tags, as pages write them
scripts      scripts of letters
invisible    characters that no reader sees
widths       Latin letters of full width
paragraphs   languages of the texts of an article
alternation  patterns of one of many phrases
"""
