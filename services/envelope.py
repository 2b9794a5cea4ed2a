"""The envelope: between records, which the runtime moves, and events, which the services speak of.

A service is a function from an event to an event. What every stage does around that stands here once: read the
record, route the result by its type, put the CloudEvents headers on it, hand on those that travel.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from schemas import Event, InvalidEventError, SkippedPage
from schemas.event import DerivedEvent, UnknownVersionError
from schemas.headers import encoded, travelling
from services.runtime.errors import RejectedError
from services.runtime.records import Header, Output, Record
from services.runtime.topology import Topic


class Service[In: Event, Out: DerivedEvent](Protocol):
    """What a stage does, in the words of its field. The same event must always give the same result."""

    name: str
    version: str

    def __call__(self, event: In, /) -> Out | SkippedPage:
        """Return what becomes of an event.

        Raises:
            RejectedError: it can never be processed.
        """


class Envelope[In: Event, Out: DerivedEvent]:
    """A service as a handler of the runtime.

    Args:
        service: the function.
        reads: the event that its input topic carries.
        routes: where each type of event that it returns is published.
    """

    def __init__(self, service: Service[In, Out], reads: type[In], routes: Mapping[type[DerivedEvent], Topic]) -> None:
        self.version = service.version
        self._service: Callable[[In], DerivedEvent] = service
        self._source = f"/wiredesk/{service.name}"
        self._reads = reads
        self._routes = routes

    def __call__(self, record: Record) -> tuple[Output, ...]:
        """Process a record.

        Raises:
            RejectedError: it holds no such event, or the service refuses it.
        """
        try:
            event = self._reads.from_record(record.value, record.headers)
        except UnknownVersionError as error:
            raise RejectedError("unknown_version", str(error)) from error
        except InvalidEventError as error:
            raise RejectedError("invalid_event", str(error)) from error
        result = self._service(event)
        headers: tuple[Header, ...] = (
            *travelling(record.headers),
            *encoded(
                (
                    ("ce_specversion", "1.0"),
                    ("ce_id", result.event_id),
                    ("ce_type", result.TYPE),
                    ("ce_source", self._source),
                    ("ce_subject", result.url),
                    ("content-type", "application/json"),
                )
            ),
        )
        return (Output(self._routes[type(result)].name, result.page_id.encode(), result.to_json(), headers),)
