"""Offers of subscriptions and newsletters among the paragraphs of a story."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.offers import exclude_offers, is_offer
from wiredesk.extractor.body.story import ScoredText
from wiredesk_schemas import BlockKind

STORY = ("The bridge was closed on Wednesday.", "Nobody was hurt, the police said.")


def scored(texts: Sequence[str]) -> tuple[ScoredText, ...]:
    """Return texts that a model keeps."""
    return tuple(ScoredText(text, BlockKind.PARAGRAPH, 0.9) for text in texts)


@pytest.mark.parametrize(
    "offer",
    [
        "Subscribe now for only £1 a week and never miss a story.", "Sign up to our free daily newsletter",
        "To continue reading, please log in or subscribe.", "You’ve reached your limit of free articles this month.",
        "Follow the Vale Echo on WhatsApp and Google News for more.", "Do you have a story for us? Write to the newsdesk.",
        "Jetzt 4 Wochen gratis testen und alle Plus-Artikel lesen.", "Il vous reste 80 % de cet article à lire.",
        "Este artículo es solo para suscriptores.", "Abbonati per leggere tutto", "Word abonnee en lees alles",
        "Подписывайтесь на наш канал", "この記事は会員限定です。残り800文字", "本文为付费内容", "Bizi Google Haberler'de takip edin",
        "Denne saken er for abonnenter.", "اشترك في نشرتنا البريدية", "Siga-nos no Instagram", "Weiterlesen mit dem Plus-Abo",
        "Got a tip? Email the newsdesk.", "Pour lire la suite de cet article, abonnez-vous.", "Abbonati a soli 5 euro al mese",
    ],
)  # fmt: skip
def test_an_offer_is_no_paragraph_of_the_story(offer: str) -> None:
    kept = [text.text for text in exclude_offers(scored([STORY[0], offer, STORY[1]])) if text.kept]
    assert kept == list(STORY)


@pytest.mark.parametrize(
    "text",
    [
        "“Subscribe now” stood on the poster that the police took down.",
        "Subscribers will pay four pounds a month, the publisher said.",
        "To continue reading aloud was her only wish.",
        "Jetzt sind die Züge wieder pünktlich.",
        "Follow the road to the ford at Lower Tolver.",
        "Got a tip from a waiter, the police chief said, and made the arrest.",
        "اشترك في المؤتمر عدد من الوزراء والسفراء من الدول العربية.",
        "Abbonati in calo per il quotidiano: nel 2025 ne ha persi diecimila.",
        "Testen Sie vor der Fahrt die Bremsen und das Licht, rät der Verein.",
        "Siga nos próximos dias as instruções da Defesa Civil, pede o prefeito.",
        "Assine e envie o formulário até sexta-feira, orienta a Receita.",
        "– Denne saken er for viktig til å vente, sa lederen av kommunestyret.",
        "Denne artikel er for lang, skrev kritikeren.",
        "– Följ oss på vägen till fjället, sade guiden.",
        "Schrijf je in voor de cursus voor 1 mei, vraagt de gemeente aan de inwoners.",
        "Inscrivez-vous à la mairie avant le 5 mai, demande le préfet.",
        "Déjà abonné au club depuis 1990, Jean Dupont ne manque aucun match.",
        "Para seguir leyendo a oscuras hay que tener paciencia, dice la autora.",
        "Subscribe now for the tour, " + "the museum wrote to its members in a letter that was sent in May, " * 4,
    ],
)
def test_a_story_about_subscriptions_is_a_story(text: str) -> None:
    assert all(kept.kept for kept in exclude_offers(scored([STORY[0], text, STORY[1]])))


def test_a_page_that_has_little_else_keeps_its_offer() -> None:
    assert all(text.kept for text in exclude_offers(scored([STORY[0], "Subscribe now for only £1 a week."])))


@given(st.text(max_size=300))
def test_any_text_is_an_offer_or_none(text: str) -> None:
    assert is_offer(text) in (True, False)
