"""News agencies, for every service that reads who a story is from.

names  their names and signs, in the languages of those who credit them
sites  the sites on which they publish
"""
