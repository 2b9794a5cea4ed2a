"""The receipt of a request: which of its pages are on Kafka, and why the others are not."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from wiredesk.intake.problems import ProblemError, ProblemKind, problem_response

REPEAT_SECONDS = 5.0
"""When a client may send pages again that the brokers have not acknowledged."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page, or another part of a body, was not published.

    Attributes:
        index: number of the page in the body, from 0; None: it is no page, such as the damaged end of an archive.
        line: number of its line, from 1, in JSON Lines.
        url: of the page, if it is known.
    """

    index: int | None
    kind: ProblemKind
    detail: str
    line: int | None = None
    url: str | None = None

    def members(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        where = {"index": self.index, "line": self.line, "url": self.url}
        return {
            **{name: value for name, value in where.items() if value is not None or name == "index"},
            "type": self.kind.uri,
            "status": self.kind.status,
            "detail": self.detail,
        }


@dataclass(slots=True)
class Receipt:
    """What became of a body.

    Attributes:
        origins: by index, the coordinates of each page in Kafka; None: it is not acknowledged, or the brokers do not
            say where it is.
        acknowledged: number of pages that the brokers have acknowledged.
        failures: the other pages, in order.
        passed_over: parts of an archive that are no pages, by kind.
        ended: why the rest of the body was not read; None: all of it was read.
    """

    origins: list[str | None] = field(default_factory=list)
    acknowledged: int = 0
    failures: list[Failure] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    ended: ProblemError | None = None

    @property
    def pages(self) -> int:
        """The number of pages that were read."""
        return len(self.origins)

    def members(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "pages": self.pages,
            "acknowledged": self.acknowledged,
            "failures": [failure.members() for failure in self.failures],
            "unread_from": None if self.ended is None else self.pages,
            "origins": self.origins,
            "passed_over": self.passed_over,
        }

    def response(self) -> web.Response:
        """Return the answer: 202 if every page of the body is acknowledged, and otherwise a problem.

        A status that says that something is missing may also be the answer to a body of which many pages are on Kafka:
        a client that looks only at the status must never take a part for the whole.
        """
        problem = self._problem()
        if problem is not None:
            return problem_response(problem, self.members())
        return web.Response(body=orjson.dumps(self.members()), status=202, content_type="application/json")

    def _problem(self) -> ProblemError | None:
        missing = [failure for failure in self.failures if failure.kind is ProblemKind.UNAVAILABLE]
        if missing:
            return ProblemError(ProblemKind.UNAVAILABLE, self._line(missing), retry_after=REPEAT_SECONDS)
        if self.ended is not None:
            detail = self.ended.detail
            if self.pages:
                detail += f"; {self._on_kafka()}, and what follows page {self.pages - 1} was not read"
            return ProblemError(self.ended.kind, detail, retry_after=self.ended.retry_after, headers=self.ended.headers)
        if self.failures:
            kinds = {failure.kind for failure in self.failures}
            return ProblemError(kinds.pop() if len(kinds) == 1 else ProblemKind.INVALID_PAGE, self._line(self.failures))
        if not self.pages:
            passed = ", ".join(f"{count} {kind}" for kind, count in self.passed_over.items())
            return ProblemError(
                ProblemKind.INVALID_PAGE, "there is no page in the body" + (f": {passed} passed over" if passed else "")
            )
        return None

    def _line(self, failures: list[Failure]) -> str:
        first = failures[0]
        if self.pages == 1:
            return first.detail
        where = f"page {first.index}" if first.index is not None else "the body"
        return f"{self._on_kafka()}; {len(failures)} failed, {where} first: {first.detail}"

    def _on_kafka(self) -> str:
        return f"{self.acknowledged} of {self.pages} pages are on Kafka"
