import socket

import pytest

from wiredesk.local import ports


def test_a_port_is_free_and_none_of_outgoing_connections() -> None:
    for _ in range(20):
        port = ports.free_port()
        assert port in ports.CANDIDATES
        socket.create_server(("127.0.0.1", port)).close()


def test_a_taken_port_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ports.free_port(), ports.free_port()
    monkeypatch.setattr(ports, "CANDIDATES", (first, second))
    monkeypatch.setattr(ports, "TRIES", 2)
    with socket.create_server(("127.0.0.1", first)):
        assert ports.free_port() == second
        with socket.create_server(("127.0.0.1", second)):
            assert ports.free_port() not in (first, second), "the system chooses where no candidate is left"
