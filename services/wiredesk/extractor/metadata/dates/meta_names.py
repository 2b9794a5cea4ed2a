"""Names under which `<meta>` elements state when a story was published and changed."""

import re
from collections.abc import Iterator, Mapping

PUBLISHED = (
    "article:published_time", "datepublished", "article:published", "og:published_time", "article:published_date",
    "og:article:published_time", "schema:datepublished", "rnews:datepublished", "parsely-pub-date", "sailthru.date",
    "bt:pubdate", "cxenseparse:recs:publishtime", "vr:published_time", "shareaholic:article_published_time",
    "bytedance:published_time", "mediator_published_time", "ia:publishdate", "weibo:article:create_at",
    "article_date_original", "originalpublicationdate", "dc.date.issued", "dcterms.issued", "dc.issued",
    "dc.date.published", "dcterms.date", "dc.date", "citation_publication_date", "citation_online_date",
    "citation_date", "prism.publicationdate", "date", "pubdate", "pub_date", "publish_date", "published_date",
    "published", "publication_date", "publishtime", "published_time", "firstpublishtime", "displaydate",
    "display_date", "pdate", "ptime", "article_date", "article:post_time", "post_date", "posted", "release_date",
    "issued", "doc_date", "dcterms.created", "dc.date.created", "dc.created", "article:created",
    "article:create_time", "datecreated", "date_created", "createdate", "creation_date", "created", "timestamp",
    "rbpubdate", "story_date", "news_date", "date_published", "originaldate",
)  # fmt: skip
"""Names of the date of publication, the most trusted first; then those of the date of creation."""

MODIFIED = (
    "article:modified_time", "datemodified", "article:modified", "og:updated_time", "og:modified_time",
    "article:updated_time", "article:updated", "og:article:modified_time", "schema:datemodified",
    "bytedance:updated_time", "bt:moddate", "dcterms.modified", "dc.date.modified", "dc.modified",
    "article_date_updated", "lastmod", "last_modified", "last_updated", "modified_date", "modified", "updated",
    "update_date", "updated_time", "revised", "revision_date", "dateupdated", "date_updated", "moddate",
    "article:update_time", "eomportal_lastupdate", "weibo:article:update_at", "prism.modificationdate",
)  # fmt: skip
"""Names of the date of the last change, the most trusted first."""

_ANY_PUBLISHED = re.compile(
    r"(?:publi(?:sh|c)|issue|post(?:ed)?|creat|release).{0,20}(?:date|time|at$)|(?:date|time).{0,20}(?:publi|issue|creat|posted)"
    r"|(?<!first)published$|pubdate$"
)
"""Other names of the date of publication."""

_NOT_PUBLISHED = re.compile(r"modif|updat|expir|event|revis|last|valid|review|start|until|duration|reading|timezone")
"""What shows that a name is of another date."""

_DIGIT = re.compile(r"\d")

_SIGNS = str.maketrans("", "", "-_.: ")
"""Signs that are left out of names where they are compared."""

_KEYS = {name: name.translate(_SIGNS) for name in (*PUBLISHED, *MODIFIED)}
"""Names in the form in which they are compared: `DC.date.issued` and `dc:date_issued` are the same."""

MAX_DATE = 100
"""Characters of a content in which a date has a digit."""


def dated_contents(meta: Mapping[str, str]) -> Mapping[str, str]:
    """Return the contents that may be dates, by the names in the form in which they are compared."""
    contents: dict[str, str] = {}
    for name, text in meta.items():
        if _DIGIT.search(text, 0, MAX_DATE):
            contents.setdefault(name.lower().translate(_SIGNS), text)
    return contents


def published_contents(contents: Mapping[str, str]) -> Iterator[str]:
    """Yield contents that may be the date of publication, the most trusted first.

    Args:
        contents: those of `dated_contents`.
    """
    yield from (contents[key] for name in PUBLISHED if (key := _KEYS[name]) in contents)
    for name, text in contents.items():
        if _ANY_PUBLISHED.search(name) and not _NOT_PUBLISHED.search(name):
            yield text


def modified_contents(contents: Mapping[str, str]) -> Iterator[str]:
    """Yield contents that may be the date of the last change, the most trusted first.

    Args:
        contents: those of `dated_contents`.
    """
    yield from (contents[key] for name in MODIFIED if (key := _KEYS[name]) in contents)
