"""Pages from outside, as raw-page records: from files, archives and streams.

record       a fetched page, and how it becomes a record of `pages.raw`
report       what was read: pages, what was passed over, and problems
files        the files that a person names, and their pages
json_lines   raw-page events, one on each line
warc         web archives: WARC and WET
"""
