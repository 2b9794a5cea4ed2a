"""An enriched article as an HTML page to show to an editor: one file, no script, no external resources."""

from html import escape

from wiredesk_schemas import EnrichedArticle, Entity, Mention

# The style sheet of the page, without external resources.
STYLE = """
body { font: 17px/1.6 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { line-height: 1.25 } table { border-collapse: collapse; font: 14px/1.5 system-ui, sans-serif; width: 100% }
td, th { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
mark { padding: 0 .15em; border-radius: .2em } .person { background: #f7d9ef } .organisation { background: #cfeef5 }
.place { background: #d9f2d0 } .event, .work { background: #fdf0c4 } .nationality { background: #eaf5e4 }
.date, .amount { background: #eee } meter { width: 6rem } .note { color: #a33 }
figcaption { font-size: 15px; color: #555; margin: 1rem 0 }
"""


def topic_names() -> dict[str, str]:
    """Return the names of all media topics, in English, by code."""
    from wiredesk.enrichment.topics.taxonomy import taxonomy  # noqa: PLC0415 - with the libraries of enrichment

    return {code: term.name() for code, term in taxonomy().items()}


def page(article: EnrichedArticle) -> str:
    """Return the page: the text with its entities marked, then topics and entities as tables."""
    title = escape(article.title or "Without a headline")
    blocks = [f"<h1>{_marked(article, '/title', article.title)}</h1>" if article.title else ""]
    if article.subtitle:
        blocks.append(f"<p><strong>{_marked(article, '/subtitle', article.subtitle)}</strong></p>")
    blocks += [f"<p>{_marked(article, f'/paragraphs/{n}/text', b.text)}</p>" for n, b in enumerate(article.paragraphs)]
    blocks += [
        f"<figcaption>{_marked(article, f'/captions/{n}/text', c.text)}</figcaption>"
        for n, c in enumerate(article.captions)
    ]
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in article.enrichment.notes)
    models = ", ".join(f"{escape(m.task)}: {escape(m.name)} {escape(m.version)}" for m in article.enrichment.models)
    return (
        f'<!doctype html>\n<html lang="{escape(article.language or "")}">\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n<article>\n"
        + "\n".join(filter(None, blocks))
        + "\n</article>\n"
        f"{notes}\n{_topics(article)}\n{_entities(article)}\n<p><small>{models}</small></p>\n</html>"
    )


def _marked(article: EnrichedArticle, pointer: str, text: str | None) -> str:
    inside: list[tuple[Mention, Entity]] = sorted(
        ((m, entity) for entity in article.entities for m in entity.mentions if m.field == pointer),
        key=lambda pair: pair[0].start,
    )
    whole, parts, position = text or "", [], 0
    for mention, entity in inside:
        label = " · ".join(filter(None, (entity.name, entity.role, entity.wikidata)))
        parts.append(escape(whole[position : mention.start]))
        surface = escape(whole[mention.start : mention.end])
        parts.append(f'<mark class="{entity.type}" title="{escape(label)}">{surface}</mark>')
        position = mention.end
    return "".join((*parts, escape(whole[position:])))


def _topics(article: EnrichedArticle) -> str:
    names = topic_names()
    rows = [
        f'<tr><td><meter value="{t.score}">{t.score:.2f}</meter> {t.score:.2f}<td>{escape(t.name)}'
        f"<td>{escape(' > '.join(names[c] for c in t.path[:-1]))}<td>{t.code}"
        for t in article.topics
    ]
    return "<h2>Topics</h2>\n<table><tr><th>score<th>topic<th>below<th>code\n" + "\n".join(rows) + "</table>"


def _entities(article: EnrichedArticle) -> str:
    rows = [
        f'<tr><td><meter value="{e.salience}">{e.salience:.2f}</meter>'
        f'<td><mark class="{e.type}">{escape(e.name)}</mark>'
        f"<td>{e.type}<td>{len(e.mentions)}<td>{escape(e.role or '')}<td>{e.wikidata or ''}<td>{e.country or ''}"
        for e in article.entities
    ]
    head = "<tr><th>salience<th>name<th>type<th>mentions<th>role<th>Wikidata<th>country"
    return f"<h2>Entities</h2>\n<table>{head}\n" + "\n".join(rows) + "</table>"
