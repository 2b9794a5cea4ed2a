from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.segments import segment_page
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.signals import MAX_TERM, TERM_KINDS, page_terms, term_signals

SHOP = """<html><head><title>Blue kettle</title><meta property="product:price:amount" content="39">
<meta name="generator" content="ShopMaker 7"><script type="application/ld+json">{"@type": "Product"}</script></head>
<body><div class="product-detail"><h1>Blue kettle</h1><p>Boils two litres of water in four minutes, and sings.</p>
<a class="btn">Add to cart</a></div></body></html>"""


def of(html: str, url: str = "https://shop.example/product/kettle-7") -> frozenset[str]:
    root = parse_html(html)
    assert root is not None
    return page_terms(url, MetadataSources.from_document(root), segment_page(root))


def test_a_page_shows_what_it_is_in_many_places() -> None:
    expected = {
        "c:product",
        "l:add to cart",
        "w:boils",
        "a:shop",
        "a:product",
        "d:product",
        "d:product:price:amount",
        "d:by shopmaker",
        "t:kettle",
    }
    assert expected <= of(SHOP)


def test_a_text_is_read_to_its_eighth_word() -> None:
    terms = of(SHOP)
    assert "w:sings" not in terms
    assert "w:minutes" in terms


def test_each_kind_of_terms_is_a_signal() -> None:
    signals = term_signals(
        {"c:cart", "l:add to cart", "l:reply", "w:unknown"}, {"c:cart": -2.0, "l:add to cart": -3.0, "l:reply": 1.0}
    )
    assert signals["terms_class_names"] == -2.0
    assert signals["terms_labels"] == -2.0 / 2**0.5
    assert signals["terms_words"] == 0.0
    assert set(signals) == {f"terms_{kind}" for kind in TERM_KINDS.values()}


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_page_and_no_address_is_beyond_it(text: str, address: str) -> None:
    terms = of(f"<html><body><div class='{text}'><p>{text}</p></div></body></html>", f"https://paper.example/{address}")
    assert all(term[0] in TERM_KINDS and len(term) <= MAX_TERM for term in terms)
