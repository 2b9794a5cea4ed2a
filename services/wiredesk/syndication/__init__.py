"""Copies: which articles carry the same text, among those of the last hours.

sign          the stage `signatures`: makes of an article the event in which its copies are searched for
letters       the letters of a text, in the form in which copies agree
fingerprints  hashes of runs of words, chosen so that a copy of a part keeps those of the part
facts         its numbers and names, which two items of one formula do not share
syndicate     the stage `syndication`: finds the copies of each article
window        its state: the articles of the last hours
entry         an article in the window, and its value in the changelog
postings      which articles carry a fingerprint, in flat memory
recent        the same of the newest articles, before they are there
matching      the articles that carry the same text as a new one
overlap       what two texts have in common
kinds         whole, re-headlined, abridged, quoted
original      the likely original of a group
grouping      groups while an article is processed
regrouping    groups whose evidence is gone
groups        the event of a group
settings      how many hours and articles
"""
