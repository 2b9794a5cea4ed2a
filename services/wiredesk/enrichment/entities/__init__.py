"""Entities: who and what an article names.

tagging      the interface of a tagger, and spaCy behind it
names        what names are made of: titles, offices, company forms
named        a mention while it is being worked on
mentions     tagged spans, trimmed to the name
consistency  one type for one name throughout an article, and what the tagger missed
merging      mentions of the same thing
roles        what a text calls a person
linking      the gazetteer: names to items of Wikidata
salience     what the story is about
entity       all of it: each entity once
"""

from wiredesk.enrichment.entities.entity import entities
from wiredesk.enrichment.entities.mentions import mentions
from wiredesk.enrichment.entities.tagging import Span, Tagger

__all__ = ["Span", "Tagger", "entities", "mentions"]
