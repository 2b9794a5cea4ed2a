"""Ingest: checks and decodes a raw page, publishes it under its canonical URL.

accept        the stage: which pages are accepted, skipped or rejected
settings      how large a page may be
page_text     from the body of a page to its text, by `wiredesk.encodings`, content and charset
content       size and kind of the content, and its control characters
media_type    whether a page is HTML, as it is stated or as it begins
mojibake      text that the page itself has garbled
charset       bytes to text: by header, byte order mark, `<meta>` and detection
charset_labels  labels of charsets: where they are stated, and what they mean
charset_decoders  bytes to text as browsers do, where the codecs of Python differ
charset_detection  the charset of bytes that state none
latin_charsets  charsets of Latin script, by the letters that languages write with
script_charsets  charsets of other scripts, by the frequencies of their letters
letters       the letters of languages, from letters.toml
domain_languages  the languages of the countries that domains belong to
declarations  what a page declares to machines: links, `<meta>` elements, JSON-LD
language      the language that is stated, as a tag
rights        what is stated about the use of a page: in the raw event, in headers, in the page
response_headers  headers of the response that are passed on
urls          which URL identifies a page, and which one its events carry
withdrawals   records without value
"""
