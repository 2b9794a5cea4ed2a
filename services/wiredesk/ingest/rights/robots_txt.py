"""Rules of a robots.txt that state rights: `License` of RSL, `Content-Usage` of AIPREF, `Content-Signal`.

Which pages a robot may fetch is the crawler's matter, and is not read.
"""

from wiredesk.ingest.rights.locations import matches, path_of
from wiredesk.ingest.rights.statements import Statements
from wiredesk.ingest.rights.usage import read_usage
from wiredesk_schemas import RightsKind

MAX_FILE_CHARACTERS = 512 * 1024
"""Size of a file that is read, in characters: what RFC 9309 asks of robots, and search engines read."""

MAX_LINES = 10_000
"""Lines of a file that are read."""

MAX_USAGE_RULES = 1000
"""Rules about use that are read."""


def read_robots_txt(content: str, url: str, statements: Statements) -> None:
    """Read a robots.txt.

    Args:
        url: of the page. Rules with a path count if it begins so; those of a group count for its robots, and are not
            quoted if these are others than ours.
    """
    path = path_of(url)
    agents: list[str] = []
    is_in_rules, remaining = False, MAX_USAGE_RULES
    for line in content[:MAX_FILE_CHARACTERS].splitlines()[:MAX_LINES]:
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            if is_in_rules:
                agents, is_in_rules = [], False
            agents.append(value.lower())
        elif name == "license":
            address = statements.address(value)
            statements.add(RightsKind.RSL, value, "robots_txt:license", {"rsl": address} if address else {})
        elif name:
            is_in_rules = True
            if name in ("content-usage", "content-signal") and remaining:
                remaining -= 1
                _read_rule(value, f"robots_txt:{name}", path, agents, statements)


def _read_rule(value: str, source: str, path: str, agents: list[str], statements: Statements) -> None:
    """Read a rule of a group. A group without robots is for all of them."""
    if value.startswith(("/", "*")):
        pattern, _, value = value.partition(" ")
        if not matches(pattern, path):
            return
    if "*" in agents or not agents:
        read_usage(value, source, statements)
    for agent in statements.agents.intersection(agents):
        read_usage(value, source, statements, agent=agent)
