"""How much of an address's words a text has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.metadata.address_words import AddressWords

SITE = "https://courier.example/2024/"


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("selby-votes-reopen-ferry-pier-123.html", "Selby votes to reopen its ferry pier"),
        ("Seilbahn-koennte-ueber-Duisburg-schweben", "Die Seilbahn könnte über Duisburg schweben"),
        ("elecciones-anticipadas-espana-otono", "Elecciones anticipadas en España este otoño"),
        ("faergen-oeger-prisen", "Færgen øger prisen"),
        ("rozmowy-zakonczyly-wyjsciem-glowy", "Rozmowy zakończyły się wyjściem głowy"),
        ("%D0%BF%D0%B0%D1%80%D0%BE%D0%BC-%D0%B2%D0%B5%D1%80%D0%BD%D1%83%D0%BB%D1%81%D1%8F-%D0%B4%D0%BE%D0%BC%D0%BE%D0%B9",
         "Паром вернулся домой"),
    ],
)  # fmt: skip
def test_an_address_repeats_a_headline_in_letters_of_its_own(address: str, text: str) -> None:
    assert AddressWords.of(SITE + address).share_in(text) == 1


def test_an_address_of_numbers_or_of_two_words_says_nothing() -> None:
    assert AddressWords.of(f"{SITE}article1234567.html").share_in("An article about html") == 0
    assert AddressWords.of(f"{SITE}politics-today").share_in("Politics today") == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_address_and_text_have_a_share(address: str, text: str) -> None:
    assert 0 <= AddressWords.of(f"https://courier.example/{address}").share_in(text) <= 1
    assert 0 <= AddressWords.of(address).share_in(text) <= 1
