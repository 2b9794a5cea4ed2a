"""URLs of pages: the canonical form, which gives all spellings of a URL one page id, and the form that events carry.

Credentials (`https://user:password@host/`) are never passed on, and no message quotes them.
"""

import re

import ada_url

from wiredesk.runtime.errors import RejectedError

MAX_URL_CHARACTERS = 4096
"""Longest URL, in characters. Servers refuse longer ones, and every event of a page holds two URLs."""

TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "at_", "hsa_", "wt_mc", "ns_")
"""Beginnings of the names of tracking parameters."""

TRACKING_PARAMETERS = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "ttclid", "igshid", "igsh",
        "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "vero_id", "oly_anon_id", "oly_enc_id", "s_cid", "smid",
        "cmpid", "ito", "ocid", "xtor", "ncid", "sr_share", "spm", "smtyp", "__twitter_impression", "guccounter",
        "guce_referrer", "guce_referrer_sig", "ref_src", "ref_url", "share_token", "cmp", "icid", "taid", "wtmc",
    }
)  # fmt: skip
"""Query parameters that say how a reader reached a page, not which page it is: those of analytics and advertising
systems (Google, Meta, Microsoft, X, Yandex, TikTok, Matomo, Mailchimp, HubSpot, AT Internet), and of share links."""

QUOTED_CHARACTERS = 200
"""Characters of a URL that a message quotes."""

_UP_TO_CREDENTIALS = re.compile(r"\A(\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]*)?.*@", re.DOTALL)
"""Possible credentials: in a URL that cannot be parsed, everything up to the last @ may be a password."""


def canonical_url(url: str) -> str:
    """Return the canonical form of a URL, by the rules of the WHATWG URL standard and then ours.

    The standard puts scheme and host in lower case, encodes internationalised hosts in punycode, removes default ports
    and resolves dots. Fragment, credentials and tracking parameters are removed. The order of the other parameters is
    kept: for some servers it matters.

    Raises:
        RejectedError: `invalid_url`, where it is not an absolute http or https URL, or is too long.
    """
    parsed = _parse(url)
    parsed.username = parsed.password = parsed.hash = ""
    parsed.search = "&".join(p for p in parsed.search.removeprefix("?").split("&") if p and not _is_tracking(p))
    return str(parsed.href)


def safe_url(url: str) -> str:
    """Return a URL as its publisher wrote it, where that is safe to pass on.

    A URL with credentials, or with characters that a URL must not have (controls, spaces, invisible ones), is written
    by the rules of the WHATWG URL standard: without the credentials, those characters removed or percent-encoded.

    Raises:
        RejectedError: as `canonical_url` does.
    """
    parsed = _parse(url)
    if url.isprintable() and " " not in url and not (parsed.username or parsed.password):
        return url
    parsed.username = parsed.password = ""
    return str(parsed.href)


def _parse(url: str) -> ada_url.URL:
    if len(url) > MAX_URL_CHARACTERS:
        raise RejectedError(
            "invalid_url",
            f"url: {len(url)} characters, {MAX_URL_CHARACTERS} are allowed; it begins {_quote(url, 80)}",
        )
    try:
        parsed = ada_url.URL(url)
    except ValueError as error:
        raise RejectedError("invalid_url", f"url: {_quote(url)} is not an absolute URL") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise RejectedError("invalid_url", f"url: {_quote(url)} is not an http or https URL")
    return parsed


def _quote(url: str, characters: int = QUOTED_CHARACTERS) -> str:
    """Return the beginning of a URL for a message, without what may be credentials."""
    return repr(_UP_TO_CREDENTIALS.sub(r"\1", url, count=1)[:characters])


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)
