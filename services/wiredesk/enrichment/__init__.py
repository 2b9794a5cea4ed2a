"""Enrichment: a cleaned article in, the same article with language, topics and entities out.

enrich        the stage
settings      which model tags names
fields        the texts of an article, each under the pointer that mentions refer to
language      which language it is
tagging       the interface of a tagger, and spaCy behind it
names         what names are made of: titles, articles, well-known aliases
mentions      tagged spans, cleaned
entities      mentions merged into entities, once each
media_topics  the IPTC taxonomy
topics        the interface of a topic classifier, and ours
"""
