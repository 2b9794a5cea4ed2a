import socket

import pytest

from wiredesk.local import ports


def test_a_port_is_free_and_never_given_twice() -> None:
    given = [ports.free_port() for _ in range(300)]
    assert len(set(given)) == 300
    for port in given[:20]:
        assert port in ports.CANDIDATES
        socket.create_server(("127.0.0.1", port)).close()


def test_a_taken_port_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ports.free_port(), ports.free_port()
    monkeypatch.setattr(ports, "CANDIDATES", (first, second))
    monkeypatch.setattr(ports, "TRIES", 2)
    monkeypatch.setattr(ports, "_given", set())
    with socket.create_server(("127.0.0.1", first)):
        assert ports.free_port() == second
        assert ports.free_port() not in (first, second), "the system chooses where no candidate is left"
