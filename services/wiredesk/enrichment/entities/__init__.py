"""Entities: the people, organisations, places and other things that an article names.

borders              names that a tagger cut, and the second names of pairs
context              the type of a name that the words around it show, in English
casing               the usual case of words in a text that has none
world_casing         the same in other languages than English
readable             texts as taggers read them best
spacy_tagger         names marked by a spaCy pipeline, ours or another one
packaged_pipeline    the packaged pipeline of spaCy, without what no name needs
token_vectors        the network before our tagger, in half of spaCy's time
word_rows            the table of its words
matrix_kernel        the faster library for its matrices
lexicon              the word lists that the rules use: titles, offices, company forms
name_span            a name in one of the article's texts
names                rules for the words of a name: its borders, its parts, its type
name_ends            the last words of teams and institutions
mentions             tagged spans, trimmed to the name; datelines
unspaced             names in text without spaces
cut_names            names that a tagger cut, in other languages than English
place_adjectives     adjectives of places, in other languages than English
datelines            places of datelines
graphemes            borders of characters with their marks
consistency          one type per name throughout an article
name_forms           forms of the same name within an article
abbreviations        organisations whose abbreviation the text explains
known_names          names that the gazetteer knows and the tagger missed
quotations           quotations in another language than the text
missed_names         further mentions of an article's names
folding              names without differences in writing
word_forms           forms of a word, by stems and endings
merging              mentions of the same entity
merging_people       of the same person
short_names          of the same organisation or place, under a short name
roles                the role that a text states beside a person's name
gazetteer            names, and the people, organisations and places that they can mean
region_of_city       the region whose city stands before it
linking              which of them an article means
inflection           dictionary forms of inflected names
gazetteer_tagger     names marked by the gazetteer, where a language has no tagger
entity               one entity per cluster of mentions, with canonical name, role, link and salience
multilingual_tagger  names in many languages, marked by our own tagger
"""

from wiredesk.enrichment.entities.entity import build_entities
from wiredesk.enrichment.entities.mentions import find_mentions
from wiredesk.enrichment.entities.readable import case_note, has_ordinary_case, readable_fields

__all__ = ["build_entities", "case_note", "find_mentions", "has_ordinary_case", "readable_fields"]
