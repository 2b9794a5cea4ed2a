"""Query parameters that say how a reader reached a page, or who the reader is, and not which page it is.

A parameter that is removed wrongly makes one page of two, so only full names are taken, and of names that also occur
for content, only with the values that content never has.
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

LISTED = frozenset(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["names"])
"""Names from lists that others maintain: `python -m training.ingest.tracking_parameters` writes the file."""

FURTHER = {
    "AT Internet": "at_channel at_format at_identifier at_network at_platform at_term at_type at_variant xtor",
    "AddThis": "at_xt sms_ss",
    "Adobe": "adobe_mc",
    "Alibaba": "algo_expid algo_pvid spm",
    "AOL": "ncid",
    "Awin": "zanpid",
    "Baidu": "bd_vid",
    "Bronto": "_bta_c _bta_tid",
    "comScore": "ns_campaign ns_fee ns_linkname ns_mchannel ns_source",
    "ConvertKit": "ck_subscriber_id",
    "Condé Nast": "bxid cndid",
    "Coremetrics": "cm_cat cm_ite cm_mmca cm_pla cm_re cm_sp cm_ven",
    "Criteo": "cto_pld",
    "Emarsys": "sc_eh sc_lid sc_llid sc_src sc_uid",
    "etracker": "etcc_bky etcc_cmp etcc_ctv etcc_grp etcc_med etcc_par",
    "Google": "_gac gclaw gcldc gs_l gs_lcp gs_lcrp gws_rd sca_esv sca_upv srsltid",
    "Hive": "h_sid h_slt",
    "Impact": "ir_clickid irgwc",
    "Klaviyo": "_kx",
    "Mapp": "wt_cc1 wt_ga wt_kw wtmc",
    "Meta": "__cft__[0] __eep__ __tn__ igsh mibextid rdid sfnsn",
    "Microsoft": "ocid",
    "Naver": "n_ad n_ad_group n_campaign_type n_keyword n_keyword_id n_media n_query n_rank napm",
    "Omnisend": "omnisendattributionid omnisendcontactid",
    "Outbrain": "dicbo ob_click_id oborigurl",
    "Piano": "cx_click cx_recsmode cx_recsorder cx_recswidget",
    "Salesforce": "et_cid et_rid sfmc_activityid sfmc_id sfmc_sub",
    "Silverpop": "spjobid spmailingid spreportid spuserid",
    "Taboola": "tblci",
    "Webtrends": "wt.ac wt.srch wt.tsrc",
    "WeChat": "isappinstalled nsukey",
    "X": "__twitter_impression ref_src ref_url tw_adid tw_campaign tw_kwdid tw_source twterm",
    "Yandex": "yadclid yadordid ymclid",
    "newspapers": "at_bbc_team ito share_token smid smtyp sr_share",
}
"""Names that those lists lack, by the system that writes them, from its documentation or from links that it wrote."""

PREFIXES = ("utm_", "mtm_", "hsa_", "piwik_", "matomo_", "wt.mc_", "wt_mc", "wt_zmc", "aspsessionid")
"""Beginnings of names that only campaigns of Google, Matomo, HubSpot, Webtrends and Mapp, and sessions of ASP have."""

NUMBERED = frozenset({"at_custom", "cm_mmca"})
"""Names that campaigns number: `at_custom1`."""

NUMBER_OR_CAMPAIGN = frozenset({"cmpid", "icid", "ncid"})
"""Names of campaigns that, with a number, may be those of a company, an issue, or a category of news."""

CAMPAIGN_OR_CONTENT = frozenset({"cmp"})
"""Names of campaigns that also occur for content, such as companies."""

CHANNELS = frozenset({"cpc", "email", "feedburner", "newsletter", "ppc", "rss"})
"""Values of these that are no content: channels through which readers come."""

CHANNEL_CODES = CHANNELS | {
    "aff", "bnr", "btn", "ema", "eml", "ilc", "knc", "otc", "sem", "share", "sharing", "sns", "soc", "twt",
}  # fmt: skip
"""Parts of the codes of campaigns: `OTC-RSS`, `share_btn_tw`, `soc_567`. A name of a company has none of them, while
`google`, `facebook` and `x` are companies."""

SESSION_NAMES = frozenset({"phpsessid", "jsessionid", "asp.net_sessionid", "cftoken", "cfid"})
"""Names of session ids that servers' own software writes: PHP, Java, ASP.NET, ColdFusion."""

SESSION_OR_CONTENT = frozenset(
    {
        "jsession", "oscsid", "phpsession", "sess", "sess_id", "sessid", "session", "session_id", "sessionid",
        "zenid",
    }
)  # fmt: skip
"""Names of session ids, or of sessions of a parliament or a conference."""

_SESSION_VALUE = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[1-9a-v][0-9a-v]{25})")
"""Session ids of PHP and of what is written in it: digests of MD5 and SHA-1, and 26 letters and digits. Other ids of 26
(ULIDs) begin with a zero."""

_DIGEST = re.compile(r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{32}", re.IGNORECASE)
"""A digest of MD5, or as many random digits."""

_DIGESTS = frozenset({"cvid", "sid"})
"""Names of such values: of a visit to Bing, and of a session of phpBB. With others, they are of videos or stories.
`s` is not among them: some forums write sessions into it, and other sites what they show."""

_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid)=[^/;]*"  # the servlet specification, and PHP's `arg_separator`
    # ASP.NET without cookies: 24 characters of the session, maybe among other tickets
    r"|(?<=/)\((?:[AFX]\([\w-]{1,400}\)){0,2}S\([a-z0-5]{24}\)(?:[AFX]\([\w-]{1,400}\)){0,2}\)/",
    re.IGNORECASE,
)

_NAMES = LISTED.union(*(names.split() for names in FURTHER.values()), SESSION_NAMES) - NUMBER_OR_CAMPAIGN - _DIGESTS

_PART = re.compile(r"[a-z]+")


def is_tracking(parameter: str) -> bool:
    """Whether a parameter of a query (`name=value`) does not say which page it is."""
    escaped, _, value = parameter.partition("=")
    name = unquote(escaped).strip("+ ").lower()
    if name in _NAMES or name.rstrip("0123456789") in NUMBERED or name.startswith(PREFIXES):
        return True
    if name in NUMBER_OR_CAMPAIGN:
        return not value.isdecimal()
    if name in CAMPAIGN_OR_CONTENT:
        parts = _PART.findall(value.lower())
        return not (CHANNEL_CODES if len(parts) > 1 or not value.isalpha() else CHANNELS).isdisjoint(parts)
    if name in _DIGESTS:
        return _DIGEST.fullmatch(value) is not None
    return name in SESSION_OR_CONTENT and _SESSION_VALUE.fullmatch(value) is not None


def without_session(path: str) -> str:
    """Return a path without the session ids that servers write into it."""
    return _PATH_SESSION.sub("", path)
