"""Corrections that a page sets beside its story, by name: `<div class="correction">`.

Models of the body take them for notes of the site. A reader of the story has to know them, and what a later fetch says
of the same story is compared with them.
"""

import re
from collections.abc import Sequence

from wiredesk.extractor.body.segments import Container, SegmentedPage
from wiredesk.extractor.body.story import ScoredText

NAMES = frozenset(
    {
        "correction", "corrections", "clarification", "clarifications", "erratum", "errata", "corrigendum",
        "corrigenda", "retraction", "korrektur", "korrekturhinweis", "berichtigung",
        "richtigstellung", "rectificatif", "rectificatifs", "rectification", "rectificacion", "correccion", "errores",
        "rettifica", "erramos", "correcao", "rectificatie", "correctie", "rättelse", "rattelse", "rettelse", "oikaisu",
        "sprostowanie",
    }
)  # fmt: skip
"""Names of such an element, as sites give them, in the languages of their makers."""

EDITORS = frozenset({"editor", "editors", "editorial"})
"""Beside `note`, they name one, too: `editors-note`."""

NOTES = frozenset({"note", "notes", "footnote", "update", "updates", "updated", "notice", "disclaimer"})
"""Names of an element that holds notes of any kind: what begins with the label of a correction is one."""

_NAMING = NAMES | NOTES
"""Names of which an element has one, if it may hold a correction."""

REQUESTS = frozenset({"report", "suggest", "suggestion", "submit", "request", "form", "button", "policy", "feedback"})
"""Names of an element that asks readers to report an error."""

MAX_ABOVE = 6
"""Texts before the first one of a story among which a correction of it stands."""

MAX_BELOW = 12
"""Texts after the last one of a story among which a correction of it stands."""

MAX_NOTE = 1200
"""Length of a correction, which is also shorter than its story: some whole pages have such a name."""

_NOT_ASKING = re.compile(r"^[^?？@]*$")
"""A text that neither asks readers for corrections nor says where to send them."""

_CORRECTING = re.compile(
    r"(?i)correct|updat|error|clarif|amend|mistak|(?:earlier|previous) version|misstat|misspel|misidentif|retract|"
    r"korrig|korrekt|berichtig|richtigstell|fehler|rectif|errat|corrig|correç|correc|erram|rettif|rättel|rettet|rettel|"
    r"oikais|korjau|sprostow|oprav|исправ|поправк|ошибк|уточн|виправ|düzelt|διόρθ|helyesb|corect|ispravak|ispravk|"
    r"koreksi|ralat|đính chính|תיקון|תוקן|تصحيح|تصويب|اصلاح|सुधार|सुधारा|แก้ไข|訂正|修正|誤り|お詫び|更正|订正|勘误|有误|"
    r"정정|바로잡"
)
"""Words of a note of editors that corrects: others say who is paid for what."""

_LABELLED = re.compile(
    r"(?i)\A[\W_]{0,4}(?:corrections?|corrected|clarifications?|erratum|errata|korrektur|"
    r"berichtigung|richtigstellung|correctif|corrigé|rectificatifs?|rectification|corrección|correcciones|"
    r"fe de erratas|fe de errores|rectificación|correzione|rettifica|errata corrige|correção|erramos|retificação|"
    r"correctie|rectificatie|rättelse|rettelse|rettet|korjaus|oikaisu|sprostowanie|oprava|helyesbítés|corectură|erată|"
    r"διόρθωση|düzeltme|исправление|поправка|уточнение|виправлення|ispravak|ispravka|исправка|correcció|koreksi|ralat|"
    r"đính chính|תיקון|تصحيح|تصويب|اصلاحیه|सुधार|แก้ไข|訂正|訂正とお詫び|お詫びと訂正|更正|更正启事|更正啟事|"
    r"勘误|정정|정정보도|바로잡습니다)(?:[\s,(][^:?？@]{0,40})?[:：\])】〕][^?？@]*\Z"
)
"""A text that begins with the label of a correction, and asks for none."""

_MOST_TRUSTED = (_NOT_ASKING, _CORRECTING, _LABELLED)
"""What a text within several such elements must have: the first of these that one of them asks for."""

MAX_LINKED = 0.5
"""Share of a correction that is in links, at most: what is more is a list of corrections of other stories."""


def keep_corrections(page: SegmentedPage, texts: Sequence[ScoredText]) -> tuple[ScoredText, ...]:
    """Return the texts with those as part of the story that its page names a correction of it."""
    if _NAMING.isdisjoint(page.tokens):
        return tuple(texts)
    if all(_NAMING.isdisjoint(container.tokens) for container in page.containers):
        return tuple(texts)
    kept = [index for index, text in enumerate(texts) if text.kept]
    most = min(MAX_NOTE, sum(page.segments[index].size for index in kept))
    notes: dict[int, re.Pattern[str]] = {}
    for container in page.containers:
        is_named = container.letters < most and not _NAMING.isdisjoint(container.tokens)
        own = _said_in(container) if is_named else None
        around = notes.get(container.parent)
        if own is not None or around is not None:
            notes[container.index] = next(one for one in _MOST_TRUSTED if one in (own, around))
    if not notes:
        return tuple(texts)
    checked = list(texts)
    for index in range(max(0, kept[0] - MAX_ABOVE), min(len(checked), kept[-1] + 1 + MAX_BELOW)):
        segment, text = page.segments[index], checked[index]
        pattern = notes.get(segment.container)
        if pattern is not None and segment.linked <= MAX_LINKED and pattern.search(text.text):
            checked[index] = text._replace(threshold=0.0)
    return tuple(checked)


def _said_in(container: Container) -> re.Pattern[str] | None:
    """Return what the texts of an element have that make them a correction; None if its name is of something else."""
    tokens = container.tokens
    if container.hidden or not REQUESTS.isdisjoint(tokens):
        return None
    if not NAMES.isdisjoint(tokens):
        return _NOT_ASKING
    if "note" in tokens and not EDITORS.isdisjoint(tokens):
        return _CORRECTING
    return _LABELLED if not NOTES.isdisjoint(tokens) else None
