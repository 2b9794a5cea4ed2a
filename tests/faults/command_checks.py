"""Checks of the output of commands, whatever the records contain that they report."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.hostile_records import SECRET
from wiredesk_schemas import page_id

ADDRESSES = (
    "https://good.example/1",
    f"https://user:{SECRET}@h1.example/1",
    page_id("https://good.example/2"),
    "https://never.example/\x1b[31m",
)

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_MOVES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\r")
"""Escape sequences with which rich draws a progress bar on stderr."""
_CONTROLS_OF_DIRECTION = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_ESCAPED_NEWLINE_FORGES = re.compile(r"^(forged: line|reason: forged)", re.MULTILINE)

OWN_HEADERS = re.compile(r"wiredesk_(dlq_\w+|origin\w*|replay|replayed)")
"""Names of our headers on a dead letter that was neither redriven nor imported."""

EXIT_CODES = {"status": (0, 1), "trace": (0, 1), "story": (0, 1), "topics": (0, 1, 2), "replay": (0, 2)}
"""Exit codes of commands that may exit with a code other than 0: a stage is stopped, nothing matches, nothing is to do."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a command's output."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)


PLAIN = Form("plain")
JSON = Form("json")
TERMINAL = Form("terminal", {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "120"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command."""

    arguments: list[str]
    code: int
    out: str
    err: str

    @property
    def name(self) -> str:
        """The command line, shortened."""
        return ascii(" ".join(self.arguments))[1:-1][:100]


def of_command(outcome: Outcome, form: Form) -> list[str]:
    """Return what is wrong with a command's output."""
    problems = []
    if "Traceback" in outcome.out + outcome.err:
        problems.append(f"a traceback: {outcome.err[-600:]}")
    if outcome.code not in EXIT_CODES.get(outcome.arguments[0], (0,)):
        problems.append(f"exit code {outcome.code}: {outcome.err[-300:]}")
    errors = [line for line in outcome.err.splitlines() if not line.startswith("wiredesk: warning: ")]
    if outcome.code and form is not TERMINAL and len(errors) > 1:
        problems.append(f"more than one line of error: {outcome.err[-600:]}")
    for text, styles in ((outcome.out, _STYLE), (outcome.err, _MOVES)):
        shown = styles.sub("", text) if form is TERMINAL else text
        if harmful := sorted({ascii(c) for c in shown if _is_harmful(c)}):
            problems.append(f"raw on the output: {' '.join(harmful)}")
        if form is not JSON and _ESCAPED_NEWLINE_FORGES.search(shown):
            problems.append("a forged line")
    if form is JSON:
        problems += _of_json(outcome.out)
    return [f"{outcome.name} ({form.name}): {problem}" for problem in problems]


def _is_harmful(character: str) -> bool:
    kind = unicodedata.category(character)
    return (kind in ("Cc", "Zl", "Zp", "Cs") and character not in "\n\t") or (
        unicodedata.bidirectional(character) in _CONTROLS_OF_DIRECTION
    )


def _of_json(text: str) -> Iterator[str]:
    for line in text.splitlines():
        try:
            json.loads(line, parse_constant=_refuse)
        except ValueError as error:
            yield f"no JSON: {error}: {line[:100]!a}"
            return


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def of_records(tails: Sequence[Outcome]) -> list[str]:
    """Return what is wrong with the records of the topics, as `tail --json` prints them."""
    problems = []
    for tail in tails:
        name = tail.arguments[1]
        if name != "pages.raw" and not name.endswith(".dlq"):
            problems += [f"a password is in {name}: {line[:300]!a}" for line in tail.out.splitlines() if _leaks(line)]
    for letter in letters(tails):
        headers = letter["headers"]
        if SECRET in str(headers["wiredesk_dlq_message"]):
            problems.append(f"{letter['id']}: a password is in its message")
        if others := [one for one in headers if one.startswith("wiredesk_") and not OWN_HEADERS.fullmatch(one)]:
            problems.append(f"{letter['id']}: {others[0]} is not of the runtime")
        place = "/".join(headers[f"wiredesk_dlq_{part}"] for part in ("topic", "partition", "offset"))
        if letter["entry"] and headers["wiredesk_origin"] != place:
            problems.append(f"{letter['id']}: its origin is {headers['wiredesk_origin']!a}, and it was {place}")
    return problems


def _leaks(line: str) -> bool:
    """Whether an event contains the password in a URL; a body may contain it, if the page does."""
    row = json.loads(line)
    event = row["value"]
    return SECRET in str([row["headers"], row["key"], *(event.get(one) for one in ("url", "canonical_url", "detail"))])


def letters(tails: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return the dead letters of all topics; `entry`: of the first stage."""
    rows = []
    for tail in tails:
        if tail.arguments[1].endswith(".dlq"):
            for line in tail.out.splitlines():
                row = json.loads(line)
                place = f"{row['topic']}/{row['partition']}/{row['offset']}"
                rows.append({"id": place, "entry": tail.arguments[1] == "pages.raw.dlq", **row})
    return rows


def of_lines(outcomes: Sequence[Outcome], lines: Mapping[str, int]) -> list[str]:
    """Return the cases in which plain `tail` does not print one line for each record."""
    return [
        f"{one.name}: {len(one.out.splitlines())} lines for {lines[one.arguments[1]]} records"
        for one in outcomes
        if one.arguments[0] == "tail" and len(one.out.splitlines()) != lines[one.arguments[1]]
    ]


def of_log(log: str) -> list[str]:
    """Return what is wrong with the log of the workers."""
    problems = ["a password is in the log"] if SECRET in log else []
    if "Traceback" in log:
        at = log.index("Traceback")
        problems.append(f"a traceback in the log: {log[at : at + 600]}")
    problems += [f"logged: {line[:600]}" for line in log.splitlines() if '"exception"' in line][:3]
    if harmful := sorted({ascii(c) for c in log if _is_harmful(c)}):
        problems.append(f"raw in the log: {' '.join(harmful)}")
    return problems
