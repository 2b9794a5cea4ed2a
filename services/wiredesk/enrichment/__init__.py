"""Enrichment: reads a cleaned article, and publishes it with its language, media topics and entities.

enrich               the stage
settings             which models it uses, and how much of an article it tags
interfaces           the protocols of a tagger and of a classifier, for models of other packages
models               loads the models that the settings name
taggers              which tagger reads which language
article_fields       the texts of an article, each with its JSON Pointer
composed_text        texts as dictionaries write them, with the offsets of those that are published
languages            what is supported for each language
small_words          English, known by its small words in a short text
lean_spacy           spaCy, imported in half of its time
entities             names: tagged, cleaned, merged into entities, linked
encoder              the encoder of many languages, for names; and its word pieces
topics               IPTC Media Topics of an article
"""
