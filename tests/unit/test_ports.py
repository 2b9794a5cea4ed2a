"""Ports for servers that start in a moment."""

import socket

import pytest

from wiredesk.local import ports


def test_a_port_is_free_and_none_of_outgoing_connections() -> None:
    for _ in range(20):
        port = ports.free_port()
        assert port in ports.CANDIDATES
        socket.create_server(("127.0.0.1", port)).close()


def test_a_port_that_was_just_given_is_given_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ports.free_port(), ports.free_port()
    assert first != second
    monkeypatch.setattr(ports, "CANDIDATES", (first, second))
    monkeypatch.setattr(ports, "TRIES", 2)
    assert ports.free_port() not in (first, second), "the system chooses where no candidate is left"


def test_a_port_on_which_a_server_listens_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(ports, "CANDIDATES", (server.getsockname()[1],))
        monkeypatch.setattr(ports, "TRIES", 1)
        assert ports.free_port() != server.getsockname()[1]
