"""Pages from outside, as raw-page records: from files, archives and streams.

record           a fetched page, and how it becomes a record of `pages.raw`
report           what was read: pages, what was passed over, and problems
files            the files that a person names, and their pages
content          what a stream holds, by its bytes
json_lines       raw-page events, one on each line
json_arrays      raw-page events in a JSON array
archive          web archives of any kind
wacz             WACZ, a ZIP of archives
framing          records of an archive one after the other, also where they are damaged
held_pages       pages that wait for a checksum
warc, arc        how the records of each format begin
archived_record  a record, and the page in it
media_types      which responses are pages
compression      gzip, zstd, bzip2, xz and brotli in bounded memory, also where they are damaged
source           buffered bytes of a stream that may be damaged
"""
