"""Revisions: what is new, what changed, what is corrected, and what is gone, of the stories that were seen before.

revise        the stage: an article or a withdrawal, and what is kept of its page, become an event
latest        the stage of the newest articles: of each page the newest one, and none of a page that is gone
settings      how many pages are remembered
remembering   which page is given up for a new one
page_state    what is kept of a page between two fetches
story_text    headline and text of a story as they are compared, without what stands around it
folding       one form for all ways to write the same
asides        texts that sites set between the paragraphs: times, counters, pointers, newsletters
difference    how much of two texts differs
wording       which words were removed and added, for people
corrections   corrections that an article states, in the languages of newsrooms
openings      how the texts begin that a pattern matches: a cheap test before it
"""
