"""The audit: what became of every record that entered the first topic, told by the topics alone.

It reads the topics into a ledger (`runtime/ledger.py`), one byte for each record of the entry topic, and
trusts nothing that a worker says of itself: it joins the topics by the origin that every record carries.
"""

from wiredesk.runtime.audit.account import account
from wiredesk.runtime.audit.result import Account, Duplicate

__all__ = ["Account", "Duplicate", "account"]
