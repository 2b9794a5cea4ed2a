"""Addresses of this machine: what listens there is reached by its own users only."""

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
