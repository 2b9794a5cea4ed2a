"""Types of pages."""

from enum import StrEnum


class PageType(StrEnum):
    """The type of a page."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    GALLERY = "gallery"
    VIDEO = "video"
    INDEX = "index"
    ERROR = "error"
    CONSENT_WALL = "consent_wall"
    OTHER = "other"
