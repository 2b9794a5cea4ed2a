"""The models that ship fit the code that ships."""

import re

import pytest

from tests.support import SAMPLES
from wiredesk.extractor.body import lines
from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.models import IS_ENGLISH, SHIPPED, BodyModel, shipped_models
from wiredesk.extractor.signals import OF_WORDS
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, RawPage

MAX_BYTES = 5_000_000


def page(name: str) -> AcceptedPage:
    raw = RawPage(
        url="https://paper.example/a", body_base64=(SAMPLES / "pages" / name).read_bytes(), content_type="text/html"
    )
    accepted = Ingest()(raw)
    assert isinstance(accepted, AcceptedPage)
    return accepted


def features_read(model: BodyModel) -> set[str]:
    return {*model.trees.names, *model.network.names}


def test_the_html_model_reads_the_features_that_there_are() -> None:
    features = Extractor().extract(page("ferry-strike.html")).features
    assert set(features) == features_read(shipped_models().html)


def test_the_text_model_reads_the_features_that_there_are() -> None:
    features = lines.features(lines.split_lines("One line.\nAnother line."), shipped_models().text.lexicon)
    assert set(features) == features_read(shipped_models().text)


def test_the_page_model_reads_the_signals_that_there_are() -> None:
    signals = Extractor().extract(page("ferry-strike.html")).signals
    model = shipped_models().page
    assert set(signals) - {IS_ENGLISH} == set(model.trees.names)
    assert set(model.trees.names) - set(model.trees_without_words.names) == {
        name for name in signals if name.startswith(OF_WORDS)
    }


def test_the_models_are_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < MAX_BYTES


BREAKPOINT = re.compile(r"[a-z0-9]+@(?:xs|sm?|md?|lg?|xl)")
"""Class names of style sheets that many sites share: `hidden@m` is hidden on screens of middle width."""


@pytest.mark.parametrize("name", ["html", "text"])
def test_a_model_has_no_word_of_a_site(name: str) -> None:
    lexicon = getattr(shipped_models(), name).lexicon
    learned = [word for word in (*lexicon.class_names, *lexicon.phrases) if "." in word or "@" in word]
    assert not [word for word in learned if word in lexicon.phrases or not BREAKPOINT.fullmatch(word)]


def test_a_page_of_a_trade_is_known_by_its_telephone_numbers() -> None:
    links = '<a href="tel:+441234567">Call us</a><a href="tel:555">Or here</a><a href="/hotel:9">no number</a>'
    body = f"<html><body><h1>Roofs</h1><p>We mend roofs.</p>{links}</body></html>"
    signals = Extractor().extract(page("ferry-strike.html").model_copy(update={"body": body})).signals
    assert (signals["telephones"], signals["links"]) == (2, 3)
