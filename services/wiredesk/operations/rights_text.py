"""What is stated about an article's rights, on one line for people."""

from wiredesk_schemas import Rights

RESTRICTIONS = {
    "tdm_reserved": "tdm reserved",
    "no_ai": "noai",
    "no_ai_training": "no training of models",
    "no_ai_input": "no input of models",
    "no_image_ai": "noimageai",
    "no_index": "noindex",
    "no_archive": "noarchive",
    "no_snippet": "nosnippet",
    "no_image_index": "noimageindex",
    "no_translate": "notranslate",
}
"""How restrictions are called, by field of `Rights`."""

IMPLIED = ("no_ai_training", "no_ai_input")
"""Fields that are left out where `no_ai` stands."""

MAX_CHARACTERS = 120
"""Characters of a text or address that are shown."""


def rights_line(rights: Rights | None) -> str:
    """Return what is stated; empty if nothing is, or nothing but that a page may be found."""
    if rights is None:
        return ""
    stated = [
        name
        for field, name in RESTRICTIONS.items()
        if getattr(rights, field) and not (rights.no_ai and field in IMPLIED)
    ]
    if rights.max_snippet is not None:
        stated.append(f"max-snippet {rights.max_snippet}")
    if rights.unavailable_after is not None:
        stated.append(f"unavailable after {rights.unavailable_after:%Y-%m-%d %H:%M} UTC")
    texts = [
        ("policy", rights.tdm_policy),
        *(("licence", value) for value in (*rights.licenses, *rights.rsl)),
        *(("holder", value) for value in rights.copyright_holders),
        ("notice", rights.copyright_notice),
        ("credit", rights.credit_text),
        *(("terms", value) for value in rights.usage_terms),
        ("contradictory", ", ".join(rights.conflicts)),
    ]
    parts = [", ".join(stated), *(f"{name} {value[:MAX_CHARACTERS]}" for name, value in texts if value)]
    return "; ".join(filter(None, parts))
