"""Forms of an article: what programs ask for by `Accept`, or by `form=`.

choice   which form a request asks for
entry    an article or a withdrawal, as all forms are made from it
ninjs    ninjs 3 of the IPTC
json_ld  schema.org, as JSON-LD
atom     Atom, for feed readers
"""
