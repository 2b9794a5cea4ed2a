"""The data folder: checks that it can be written, and that it holds the cluster that is to be started."""

import base64
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from wiredesk.runtime.errors import UnavailableError
from wiredesk.runtime.settings import MIB

MIN_FREE_BYTES = 256 * MIB
"""Free space without which Kafka is not started: it would fail at its first log segments, with a stack trace."""

CLUSTER_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{21}")
"""16 bytes in URL-safe base64; a dash in front would be taken for an option by Kafka's tools."""


def prepare(folder: Path) -> None:
    """Make the folder if it is missing.

    Raises:
        UnavailableError: it cannot be written, or its disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UnavailableError(f"{folder} cannot be written: permission denied")
        if shutil.disk_usage(folder).free < MIN_FREE_BYTES:
            raise UnavailableError(f"the disk of {folder} is full: {MIN_FREE_BYTES // MIB} MiB must be free")
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be written: {error.strerror or error}") from error


def cluster_id(folder: Path, nodes: int) -> str:
    """Return the id of the cluster that a folder holds; draw a new one if it holds none yet.

    The nodes' own files, which Kafka wrote, decide; our file may be lost or damaged.

    Raises:
        UnavailableError: the folder holds a cluster of another size, or its files contradict each other.
    """
    try:
        formatted = {path.parent.parent.name: _property(path, "cluster.id") for path in _node_files(folder)}
        if formatted:
            _require_size(folder, nodes)
        ids = set(formatted.values())
        if len(ids) > 1:
            named = ", ".join(f"{node}: {id_ or 'none'}" for node, id_ in sorted(formatted.items()))
            raise UnavailableError(f"{folder} holds nodes of different clusters ({named}): choose another --data")
        path = folder / "cluster-id"
        kept = path.read_text(encoding="ascii", errors="replace").strip() if path.exists() else ""
        wanted = ids.pop() if ids else kept if CLUSTER_ID.fullmatch(kept) else new_cluster_id()
        if not wanted:
            raise UnavailableError(
                f"{folder} is damaged: its meta.properties lacks a cluster.id; choose another --data"
            )
        if kept != wanted:
            _write_whole(path, wanted)
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be used: {error.strerror or error}") from error
    return wanted


def new_cluster_id(draw: Callable[[], UUID] = uuid4) -> str:
    """Return a random cluster id, as Kafka writes them: never with a dash first, which its tools take for an option."""
    while True:
        drawn = base64.urlsafe_b64encode(draw().bytes).decode("ascii").rstrip("=")
        if not drawn.startswith("-"):
            return drawn


def _node_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("node-*/log/meta.properties"))


def _require_size(folder: Path, nodes: int) -> None:
    """Refuse another size: a node added to a quorum of one may be elected with an empty log, and all topics lost."""
    voters = _property(folder / "node-1" / "server.properties", "controller.quorum.voters")
    held = len(voters.split(",")) if voters else len(_node_files(folder))
    if held != nodes:
        raise UnavailableError(
            f"{folder} holds a cluster of {_counted(held)}, not of {nodes}: run 'wiredesk broker --nodes {held}', or "
            "choose another --data"
        )


def _counted(nodes: int) -> str:
    return f"{nodes} node" if nodes == 1 else f"{nodes} nodes"


def _property(path: Path, name: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return next((line.partition("=")[2].strip() for line in lines if line.startswith(f"{name}=")), "")


def _write_whole(path: Path, text: str) -> None:
    """Write a file atomically: it has its whole content or does not exist, even if this process is killed meanwhile."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="ascii")
    draft.replace(path)
