"""Transfer and content encodings: bytes to bytes, within bounds of size, depth and time.

body        which encodings a body is in, by its headers and its bytes, and undoing them one by one
stated      the encodings that headers state
chunked     the chunked transfer coding, left in a body
compressed  gzip, zlib, deflate, br and zstd: as far as a stream goes, up to a size
trial       deflate and br, which have no signature
outcome     what comes of undoing one encoding
text        whether bytes are text already
wide        text in UTF-16 without a byte order mark
"""
