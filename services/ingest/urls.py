"""Canonical URLs: one form for the spellings under which the same page is fetched, so that it has one id."""

import ada_url

from services.runtime.errors import RejectedError

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


def canonical(url: str) -> str:
    """Return a URL's canonical form, by the rules of the WHATWG URL standard and then ours.

    The standard lower-cases scheme and host, turns internationalised hosts into punycode, drops default ports and
    resolves dots. We drop fragments, credentials and tracking parameters. The order of the parameters is kept: to some
    servers it matters.

    Raises:
        RejectedError: `invalid_url`, when it is no absolute http or https URL of a bearable length.
    """
    if len(url) > MAX_URL:
        raise RejectedError("invalid_url", f"url: {len(url)} characters, {MAX_URL} are allowed; it begins {url[:80]!r}")
    try:
        parsed = ada_url.URL(url)
    except ValueError as error:
        raise RejectedError("invalid_url", f"url: {url[:200]!r} is no absolute URL") from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise RejectedError("invalid_url", f"url: {url[:200]!r} is not an http or https URL")
    parsed.username = parsed.password = parsed.hash = ""
    parsed.search = "&".join(p for p in parsed.search.removeprefix("?").split("&") if p and not _is_tracking(p))
    return str(parsed.href)


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)
