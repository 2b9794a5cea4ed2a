"""The audit: what became of every record that entered the first topic, told by the topics alone.

    ledger      one byte for each record of the entry topic
    account     reads the topics into a ledger

It trusts nothing that a worker says of itself: it joins the topics by the origin that every record carries.
"""

from services.runtime.audit.account import Account, Duplicate, account

__all__ = ["Account", "Duplicate", "account"]
