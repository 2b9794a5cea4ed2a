"""URLs of pages: which URL identifies a page, and which one its events carry.

canonical       one form for all spellings of a URL
identity        the URL that identifies a page: its own, or one that it declares
agreement       whether a declared URL can be that of the page
evidence        what a page says of itself where two addresses alone do not decide
link_header     the header `Link`
address         a URL as its parts say what it names
names           words, numbers and ids in a part of a URL
parameters      which parameters say how a page is presented, or how its reader came
vocabulary      words of URLs that say nothing of the content
tracking        query parameters that do not say which page it is
tracking.toml   their names, from lists that others maintain
"""

from wiredesk.ingest.urls.canonical import canonical_url, safe_url

__all__ = ["canonical_url", "safe_url"]
