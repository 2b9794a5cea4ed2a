"""The only page of a file, as ingest passes it on."""

from wiredesk.operations.article_text import UNKNOWN_URL
from wiredesk.pages.files import ARCHIVES, JSON_LINES, PageUrls, find_files, read_pages
from wiredesk.runtime.errors import RejectedError, UsageError
from wiredesk_schemas import AcceptedPage, InvalidEventError, RawPage, SkippedPage


def accept_file(path: str, url: str | None = None) -> AcceptedPage | SkippedPage:
    """Return the only page of a file as ingest passes it on.

    Args:
        path: of the file, or `-`.
        url: of the page; None: as the file says, or else one of no publisher.

    Raises:
        UsageError: there is no such file, no page or several in it, or ingest rejects the page.
        UnavailableError: the file cannot be read, or is damaged.
    """
    from wiredesk.ingest.accept import Ingest  # noqa: PLC0415 - with its libraries, which publishing does not need

    ((file, relative), *more) = find_files([path])
    holds_url = any(suffix in (*JSON_LINES, *ARCHIVES) for suffix in file.suffixes)
    urls = PageUrls(url or (None if holds_url else UNKNOWN_URL))
    raw = next(read_pages(file, relative, urls, binary=False), None) if not more else None
    if raw is None:
        raise UsageError(f"{path}: {len(more) + 1} files; give one" if more else f"{path}: there is no page in it")
    try:
        return Ingest()(RawPage.from_record(*raw))
    except (InvalidEventError, RejectedError) as error:
        raise UsageError(f"{path}: {error}") from error
