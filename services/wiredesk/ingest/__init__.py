"""Ingest: a raw page in, an accepted page out; checked, decoded, and under its canonical URL.

accept      the stage: what is accepted, skipped, refused
content     bytes as they came: unpacked, or refused as no page
charset     bytes to text, by header, BOM, <meta> and detection
urls        one canonical form for the many spellings of a URL
"""
