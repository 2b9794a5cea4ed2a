"""Addresses: which are of this machine, reached by its own users only, and how a URL writes them."""

import contextlib
import ipaddress

from wiredesk.runtime.settings import LOOPBACK


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def authority(host: str, port: int) -> str:
    """Return host and port as a URL has them: an IPv6 address is in brackets."""
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).version == 6:  # noqa: PLR2004 - IPv6
            return f"[{host}]:{port}"
    return f"{host}:{port}"
