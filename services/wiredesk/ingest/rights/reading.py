"""The statements of one page, from everywhere: the raw event, headers of the response, the page itself."""

from wiredesk.ingest.declarations import Declarations
from wiredesk.ingest.response_headers import by_name
from wiredesk.ingest.rights.markup import read_markup
from wiredesk.ingest.rights.page_urls import PageUrls
from wiredesk.ingest.rights.publisher import read_publisher
from wiredesk.ingest.rights.response import read_response
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.urls.identity import Identity
from wiredesk_schemas import RawPage
from wiredesk_schemas.ingest_note import Notes


def read_event(page: RawPage, url: str, agents: frozenset[str], notes: Notes) -> Statements:
    """Return what the raw event and the headers of the response state.

    Args:
        url: of the page, in its canonical form.
        agents: robots whose statements count, in lower case.
    """
    statements = Statements(url, agents, notes)
    if page.rights is not None:
        read_publisher(page.rights, url, statements)
    read_response(by_name(page), statements)
    return statements


def read_page(text: str, declarations: Declarations, identity: Identity, statements: Statements) -> None:
    """Add what a page of HTML states.

    Args:
        identity: the page's URL, and others that it declares.
    """
    declared = (url for url, _ in identity.not_believed)
    statements.page = PageUrls([statements.base, identity.url, *declared])
    if declarations.base:
        statements.base = statements.address(declarations.base) or statements.base
    read_markup(text, identity.url, declarations, statements)
