"""What a page is."""

from enum import StrEnum


class PageType(StrEnum):
    """What a page is, as far as its reader cares."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    GALLERY = "gallery"
    VIDEO = "video"
    INDEX = "index"
    ERROR = "error"
    CONSENT_WALL = "consent_wall"
    OTHER = "other"
