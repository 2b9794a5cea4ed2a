"""What a page's canonical URL was read from."""

from enum import StrEnum


class CanonicalEvidence(StrEnum):
    """What a page's canonical URL was read from. A declared URL is believed only if it agrees with the page's own."""

    URL = "url"  # where the page was fetched: nothing was declared, or nothing that agrees
    LINK = "link"  # <link rel="canonical"> in the head of the page
    HTTP_LINK = "http_link"  # the header `Link` of the response, with rel="canonical"
    OG_URL = "og_url"  # <meta property="og:url">
    SUBJECT = "subject"  # the subject of the CloudEvent, where its data have another URL
