"""What the parameters of a query say: which story it is, how it is presented, or how its reader came.

A parameter that is none of these may name content: a city, a party, a share. It is never taken for lost.
"""

import re

PRESENTATIONS = frozenset(
    {
        "amp", "amphtml", "drucken", "druckansicht", "druckversion", "imprimer", "imprimir", "lite", "m", "mobil",
        "mobile", "print", "printable", "printer-friendly", "print-version", "printversion", "stampa", "touch", "wap",
        "www", "xml-amp",
    }
)  # fmt: skip
"""Labels of hosts, segments of paths, and names of parameters that say how a page is presented, not which it is."""

PRESENTATION_PARAMETERS = PRESENTATIONS | {"_amp", "amp-content", "amp_page", "hs_amp", "is_amp", "isamp", "ismobile"}
"""Names of parameters that say it, with those of content management systems."""

FORM_PARAMETERS = frozenset({"display", "format", "layout", "output", "outputtype", "template", "tmpl"})
"""Names of parameters that say how a page is presented if their value is the name of a form."""

VIEW_PARAMETERS = frozenset({"mode", "page", "service", "type", "version", "view"})
"""Names of those that more often say what is presented: their value must be the name of a presentation."""

VIEWS = PRESENTATIONS - {"m"} | {"printpage", "printpreview", "textonly"}
"""Names of presentations, as values of parameters."""

FORMS = VIEWS | {"component", "default", "desktop", "full", "html", "normal", "raw", "responsive", "standard", "text"}
"""Names of forms: `layout=default`. `format=podcast` is content."""

FLAGS = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Values of what is a presentation by its name: `?print=1`. `?m=202405` is a month."""

PAGE_PARAMETERS = frozenset(
    {
        "currentpage", "offset", "pag", "page", "page_no", "paged", "pageno", "pagenum", "pagenumber", "pagina", "pg",
        "seite", "skip", "start",
    }
)  # fmt: skip
"""Names of parameters that say which of several pages of a story it is."""

STORY_PARAMETERS = frozenset(
    {
        "aid", "art", "art_id", "article", "article_id", "articleid", "artid", "artikel", "content_id", "contentid",
        "doc", "doc_id", "docid", "document", "guid", "id", "idarticle", "idarticolo", "idnoticia", "item", "item_id",
        "itemid", "news", "news_id", "newsid", "nid", "node", "noticia", "p", "page_id", "pageid", "pid", "post",
        "post_id", "postid", "slug", "story", "story_id", "storyid", "t", "thread", "tid", "uuid", "v", "vid",
        "video",
    }
)  # fmt: skip
"""Names of parameters that name a story, where its path does not."""

SCRIPT_PARAMETERS = frozenset({"catid", "itemid", "option", "task", "view"})
"""Names of parameters that a content management system adds to that of the story: Joomla."""

LANGUAGE_PARAMETERS = frozenset({"hl", "lang", "language", "locale"})
"""Names of parameters that say in which language the page is."""

READER_PARAMETERS = frozenset(
    {
        "_r", "_trk", "_trksid", "abtest", "accesstoken", "affid", "affiliate", "affiliate_id", "ampshare", "aoh",
        "apptoken", "back_url", "backurl", "cachebuster", "campaign_id", "campaignid", "carta-url", "ceid", "clickid",
        "clickoverlay", "clicksource", "cn-reloaded", "commentid", "commentsort", "csi", "cx_artpos", "cx_testid",
        "cx_testvariant", "dm_campaign", "dm_medium", "dm_source", "ecid", "edition_redirect", "emc",
        "featuredcontent", "feedname", "feedtype", "fromref", "fromrss", "ftcamp", "gaa_at", "gaa_n", "gaa_sig",
        "gaa_ts", "gepc", "giftcopy", "gtm", "hss_channel", "icmp", "icn", "ico", "il_id", "il_name", "il_position",
        "instance_id", "int_cmp", "intcid", "intcmp", "internal_source", "isfrom", "itid", "lead_source",
        "leadsource", "li_source", "link_source", "linkid", "linksource", "maca", "mbid", "mc_campaign", "mc_medium",
        "mc_source", "nlid", "oref", "originalreferer", "origref", "pc_slot", "pfrom", "pml", "promo_code",
        "promocode", "rcid", "redir", "redirect", "redirect_to", "redirected_from", "ref", "ref_", "refer", "referer",
        "referral", "referrer", "refid", "reflink", "reftype", "refurl", "regi_id", "replytocom", "return_url",
        "returnurl", "rnd", "rpc", "s_campaign", "s_trk", "sara_ecid", "sara_ref", "sc_campaign", "sc_channel",
        "segment_id", "sessionid", "share_source", "shareid", "sharetoken", "sharing", "site_redirect", "soc_src",
        "soc_trk", "source_location", "src", "src_ref", "srcref", "sref", "srnd", "surface_detail", "surface_type",
        "tl_inbound", "tpcc", "trackid", "tracking", "trackingcode", "trackingid", "traffic_source", "trk",
        "trkcampaign", "trkid", "tsrc", "unlocked_article_code", "upstreamreferrer", "user_id", "utm", "wpisrc",
        "wpmm", "wtrid", "xg_source", "xing_share", "xnpe_tifc", "xtcr", "yptr",
    }
)  # fmt: skip
"""Names of parameters that say how a reader came, or who may read, in links of newspapers and of their newsletters,
feeds and buttons to share. On a path that names a story, they say nothing else."""

FLAG_PARAMETERS = frozenset(
    {
        "fb", "hp", "nb", "nl", "noamp", "noapp", "nocache", "noredirect", "preview", "reduced", "redirected", "reload",
        "rss", "share", "shared", "showcomments", "sponsored",
    }
)  # fmt: skip
"""Names of those that are there, or not."""

TOKEN_PARAMETERS = frozenset({"gi", "gift", "sh", "st", "te", "token"})
"""Names of such parameters whose value is a token: `?st=k5v2m8`, but not `?st=ny`."""

AMBIGUOUS_READER_PARAMETERS = frozenset(
    {
        "c", "campaign", "cid", "f", "feature", "from", "login", "medium", "mod", "module", "nav", "origin",
        "partner", "promo", "r", "share", "source", "teaser", "variant", "via", "widget",
    }
)  # fmt: skip
"""Names that say how a reader came, or name content: `?from=rss`, `?from=berlin`."""

REFERRERS = frozenset(
    {
        "app", "banner", "bluesky", "burger", "button", "cpc", "email", "facebook", "fb", "feed", "feedburner",
        "footer", "front", "frontpage", "google", "googlenews", "header", "home", "homepage", "hp", "instagram",
        "jetpack", "link", "linkedin", "mail", "mastodon", "menu", "menuburger", "messenger", "more", "nav", "navbar",
        "navigation", "newsletter", "nextdoor", "nl", "overlay", "pinterest", "pocket", "print", "push", "reco",
        "recommended", "reddit", "related", "rss", "search", "share", "sharing", "sidebar", "skype", "slack", "sms",
        "social", "teaser", "telegram", "threads", "ticker", "timeline", "top", "trending", "tumblr", "tw", "twitter",
        "whatsapp", "widget", "x", "xing",
    }
)  # fmt: skip
"""Words in the values of those that say from where a reader came."""

CACHE_PARAMETERS = frozenset(
    {
        "amp_agsa", "amp_cb", "amp_ct", "amp_gsa", "amp_js", "amp_js_v", "amp_kit", "amp_latest_update_time",
        "amp_lite", "amp_markup", "amp_r", "amp_tf", "ampshare", "aoh", "csi", "referrer",
    }
)  # fmt: skip
"""Names of parameters that caches of AMP pages add, and the first viewer of them."""

_TOKEN = re.compile(r"(?=[A-Za-z]*[0-9])[0-9A-Za-z]{6,64}")
_WORD = re.compile(r"[a-z]+")


def is_presentation(name: str, value: str) -> bool:
    """Whether a parameter says how the page is presented.

    Args:
        name: in lower case.
        value: decoded.
    """
    value = value.lower()
    if name in PRESENTATION_PARAMETERS:
        return value in FLAGS or value in VIEWS
    return (name in FORM_PARAMETERS and value in FORMS) or (name in VIEW_PARAMETERS and value in VIEWS)


def is_of_cache(name: str) -> bool:
    """Whether a parameter is that of a cache of AMP pages.

    Args:
        name: in lower case.
    """
    return name in CACHE_PARAMETERS


def is_of_reader(name: str, value: str) -> bool:
    """Whether a parameter says how a reader came to the page, or who it is.

    Args:
        name: in lower case.
        value: decoded.
    """
    if name in READER_PARAMETERS or is_of_cache(name):
        return True
    if name in FLAG_PARAMETERS and value.lower() in FLAGS:
        return True
    if name in TOKEN_PARAMETERS:
        return _TOKEN.fullmatch(value) is not None
    return name in AMBIGUOUS_READER_PARAMETERS and not REFERRERS.isdisjoint(_WORD.findall(value.lower()))
