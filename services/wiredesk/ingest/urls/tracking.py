"""Query parameters that say how a reader reached a page, or who the reader is, and not which page it is.

A parameter that is removed wrongly makes one page of two, so only full names are taken, and of names that also occur
for content, only the values that content never has.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

LISTED = frozenset(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["names"])
"""Names from lists that others maintain: `python -m training.ingest.tracking_parameters` writes the file."""

FURTHER = {
    "AT Internet": "at_channel at_format at_identifier at_network at_platform at_term at_type at_variant xtor",
    "Adobe": "adobe_mc",
    "Alibaba": "spm",
    "AOL": "ncid",
    "Baidu": "bd_vid",
    "comScore": "ns_campaign ns_fee ns_linkname ns_mchannel ns_source",
    "Coremetrics": "cm_mmca cm_re cm_sp",
    "Criteo": "cto_pld",
    "Emarsys": "sc_eh sc_lid sc_llid sc_src sc_uid",
    "etracker": "etcc_bky etcc_cmp etcc_ctv etcc_grp etcc_med etcc_par",
    "Google": "gclaw gcldc gs_l gws_rd srsltid",
    "Hive": "h_sid h_slt",
    "Impact": "irgwc",
    "Klaviyo": "_kx",
    "Mapp": "wt_cc1 wt_ga wt_kw wtmc",
    "Meta": "igsh mibextid",
    "Microsoft": "ocid",
    "Naver": "n_ad n_ad_group n_campaign_type n_keyword n_keyword_id n_media n_query n_rank napm",
    "Omnisend": "omnisendattributionid omnisendcontactid",
    "Outbrain": "dicbo ob_click_id oborigurl",
    "Piano": "cx_click cx_recsmode cx_recsorder cx_recswidget",
    "Salesforce": "et_cid et_rid sfmc_activityid sfmc_id",
    "Silverpop": "spjobid spmailingid spreportid spuserid",
    "Taboola": "tblci",
    "WeChat": "isappinstalled nsukey",
    "X": "__twitter_impression ref_src ref_url twterm",
    "Yandex": "yadclid yadordid ymclid",
    "newspapers": "at_bbc_team ito share_token smid smtyp sr_share",
}
"""Names that those lists lack, by the system that writes them, from its documentation or from links that it wrote."""

PREFIXES = ("utm_", "mtm_", "hsa_", "piwik_", "matomo_", "wt_mc", "wt_zmc", "aspsessionid")
"""Beginnings of names that only Google's, Matomo's, HubSpot's and Mapp's campaigns and sessions of ASP have."""

CAMPAIGN_OR_CONTENT = frozenset({"cmp"})
"""Names of campaigns that also occur for content, such as companies."""

CHANNELS = frozenset(
    {
        "ad", "ads", "affiliate", "app", "banner", "bing", "bnr", "btn", "campaign", "cpc", "ema", "email",
        "eml", "facebook", "fb", "feed", "feedburner", "google", "ilc", "instagram", "knc", "linkedin",
        "mail", "newsletter", "nl", "otc", "partner", "promo", "push", "rss", "sem", "seo", "share",
        "sharing", "sms", "sns", "soc", "social", "telegram", "twitter", "tw", "whatsapp", "x",
    }
)  # fmt: skip
"""Words of campaign codes: a channel through which readers come. `OTC-RSS` and `share_btn_tw` are campaigns."""

SESSION_NAMES = frozenset({"phpsessid", "jsessionid", "asp.net_sessionid", "cftoken", "cfid", "zenid", "oscsid"})
"""Names of session ids that servers' own software writes: PHP, Java, ASP.NET, ColdFusion, Zen Cart, osCommerce."""

SESSION_OR_CONTENT = frozenset(
    {"s", "sess", "sessid", "sess_id", "session", "session_id", "sessionid", "sid", "jsession", "phpsession"}
)
"""Names of session ids that also occur for content: search terms, sections, stories."""

_SESSION_VALUE = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-z]{26})", re.IGNORECASE)
"""Session ids of PHP and of what is written in it: digests of MD5 and SHA-1, and 26 letters and digits."""

_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid)=[^/;]*"  # the servlet specification, and PHP's `arg_separator`
    # ASP.NET without cookies: 24 characters of the session, maybe among other tickets
    r"|(?<=/)\((?:[AFX]\([\w-]{1,400}\)){0,2}S\([a-z0-5]{24}\)(?:[AFX]\([\w-]{1,400}\)){0,2}\)/",
    re.IGNORECASE,
)

_NAMES = LISTED.union(*(names.split() for names in FURTHER.values()), SESSION_NAMES)

_WORD = re.compile(r"[a-z]+")


def is_tracking(parameter: str) -> bool:
    """Whether a parameter of a query (`name=value`) does not say which page it is."""
    escaped, _, value = parameter.partition("=")
    name = unquote(escaped).strip("+ ").lower()
    if name in _NAMES or name.rstrip("0123456789") in _NAMES or name.startswith(PREFIXES):
        return True
    if name in CAMPAIGN_OR_CONTENT:
        return not CHANNELS.isdisjoint(_WORD.findall(value.lower()))
    return name in SESSION_OR_CONTENT and _SESSION_VALUE.fullmatch(value) is not None


def without_session(path: str) -> str:
    """Return a path without the session ids that servers write into it."""
    return _PATH_SESSION.sub("", path)
