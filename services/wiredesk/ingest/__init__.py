"""Ingest: checks and decodes a raw page, publishes it under its canonical URL.

accept    the stage: which pages are accepted, which are skipped, which are refused
settings  how large a page may be
content   bytes of the page: decompressed, refused where they are not a page
charset   bytes to text: by header, byte order mark, `<meta>` and detection
urls      one canonical form for the many spellings of a URL
"""
