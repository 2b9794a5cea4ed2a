"""URLs of pages: one canonical form for the spellings of each, so that it has one id; and what of them goes on.

Credentials (`https://user:password@host/`) are never handed on, and no message quotes them.
"""

import re

import ada_url

from wiredesk.runtime.errors import RejectedError

MAX_URL = 4096
"""Characters. Servers refuse longer ones, and every event of the page carries it twice."""

TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "at_", "hsa_", "wt_mc", "ns_")
TRACKING = frozenset(
    {
        "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "ttclid", "igshid", "igsh",
        "mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "vero_id", "oly_anon_id", "oly_enc_id", "s_cid", "smid",
        "cmpid", "ito", "ocid", "xtor", "ncid", "sr_share", "spm", "smtyp", "__twitter_impression", "guccounter",
        "guce_referrer", "guce_referrer_sig", "ref_src", "ref_url", "share_token", "cmp", "icid", "taid", "wtmc",
    }
)  # fmt: skip
"""Query parameters that say how a reader came, not what is read: of the analytics and advertising systems (Google,
Meta, Microsoft, X, Yandex, TikTok, Matomo, Mailchimp, HubSpot, AT Internet), and of publishers' own share links."""


_UP_TO_CREDENTIALS = re.compile(r"\A(\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]*)?.*@", re.DOTALL)
"""In a URL that cannot be parsed all up to the last @ may belong to a password."""


def canonical(url: str) -> str:
    """Return a URL's canonical form, by the rules of the WHATWG URL standard and then ours.

    The standard lower-cases scheme and host, turns internationalised hosts into punycode, drops default ports and
    resolves dots. We drop fragments, credentials and tracking parameters. The order of the parameters is kept: to some
    servers it matters.

    Raises:
        RejectedError: `invalid_url`, when it is no absolute http or https URL of a bearable length.
    """
    parsed = _parsed(url)
    parsed.username = parsed.password = parsed.hash = ""
    parsed.search = "&".join(p for p in parsed.search.removeprefix("?").split("&") if p and not _is_tracking(p))
    return str(parsed.href)


def public(url: str) -> str:
    """Return a URL as its publisher wrote it, where that is safe to hand on.

    One with credentials, or with characters that a URL must not have (controls, spaces, invisible ones), is written by
    the rules of the WHATWG URL standard: without the credentials, the characters dropped or percent-encoded.

    Raises:
        RejectedError: as `canonical` does.
    """
    parsed = _parsed(url)
    if url.isprintable() and " " not in url and not (parsed.username or parsed.password):
        return url
    parsed.username = parsed.password = ""
    return str(parsed.href)


def _parsed(url: str) -> ada_url.URL:
    if len(url) > MAX_URL:
        raise RejectedError(
            "invalid_url", f"url: {len(url)} characters, {MAX_URL} are allowed; it begins {_quoted(url, 80)}"
        )
    try:
        parsed = ada_url.URL(url)
    except ValueError as error:
        raise RejectedError("invalid_url", f"url: {_quoted(url)} is no absolute URL") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise RejectedError("invalid_url", f"url: {_quoted(url)} is not an http or https URL")
    return parsed


def _quoted(url: str, characters: int = 200) -> str:
    """Return the begin of a URL for a message, without what may be credentials."""
    return repr(_UP_TO_CREDENTIALS.sub(r"\1", url, count=1)[:characters])


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)
