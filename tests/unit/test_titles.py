"""The headline of an HTML page, and the one that it declares to machines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.titles import StatedTitles, declared_titles, titles

URL = "https://courier.example/2024/pier"
HEADLINE = "Selby votes to reopen its ferry pier"
OTHER = "Ferry pier Selby: reopening, cost, date"


def read(
    body: str = "", window: str = "", og: str = "", headline: str = "", kind: str = "NewsArticle", url: str = URL
) -> tuple[str | None, str | None]:
    """Return title and declared title."""
    node = {"@context": "https://schema.org", "@type": kind, "headline": headline, "datePublished": "2024-03-02"}
    script = f'<script type="application/ld+json">{json.dumps(node)}</script>' if headline else ""
    meta = f'<meta property="og:title" content="{og}">' if og else ""
    root = parse_html(f"<html><head><title>{window}</title>{meta}{script}</head><body>{body}</body></html>")
    assert root is not None
    stated = StatedTitles.of(MetadataSources.from_document(root, url), "The Selby Courier", url)
    title = next((title for _, title in titles(stated) if title), None)
    return title, next((text for _, text in declared_titles(stated, title)), None)


def test_the_title_is_what_readers_see_and_the_declared_one_stands_beside_it() -> None:
    assert read(f"<h1>{HEADLINE}</h1>", f"{HEADLINE} | Courier", headline=OTHER) == (HEADLINE, OTHER)
    assert read(f"<h1>{HEADLINE}</h1>", OTHER, OTHER, OTHER, kind="BlogPosting") == (HEADLINE, OTHER)
    assert read(f"<h1>{HEADLINE}</h1>", HEADLINE, HEADLINE, HEADLINE) == (HEADLINE, None)


@pytest.mark.parametrize(
    "suffix", [" | Sport", " - The Selby Courier", " | Sport | The Selby Courier", " – Selby Courier"]
)
def test_sections_and_sites_are_no_part_of_a_headline(suffix: str) -> None:
    assert read(f"<h1>{HEADLINE}</h1>", HEADLINE + suffix, HEADLINE + suffix, HEADLINE + suffix)[0] == HEADLINE


def test_a_kicker_that_no_other_place_has_is_left_out() -> None:
    assert read(f"<h1>Culture : {HEADLINE}</h1>", f"{HEADLINE} — Courier", headline=HEADLINE)[0] == HEADLINE
    assert read(f"<h1>Selby: {HEADLINE}</h1>", f"Selby: {HEADLINE}", HEADLINE)[0] == f"Selby: {HEADLINE}"


def test_of_kickers_that_differ_none_is_part_of_the_headline() -> None:
    title, _ = read(
        f"<h1>Life by the river - {HEADLINE}</h1>", f"Ouse: {HEADLINE} - News - Courier", f"Ouse: {HEADLINE}"
    )
    assert title == HEADLINE


def test_a_declared_kicker_that_half_of_the_places_lack_is_left_out() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": f"Ferries: {HEADLINE}",
        "datePublished": "2024-03-02",
        "author": "Jane Doe",
    }
    script = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read(f"{script}<h1>{HEADLINE}</h1>", f"Ferries: - {HEADLINE}", HEADLINE)[0] == HEADLINE
    assert (
        read(f"{script}<h1>{HEADLINE}</h1>", f"Ferries: {HEADLINE}", f"Ferries: {HEADLINE}")[0]
        == f"Ferries: {HEADLINE}"
    )


def test_a_kicker_that_most_places_have_is_part_of_the_headline() -> None:
    kicker = "<span>Council meeting</span>"
    with_kicker = f"Council meeting / {HEADLINE}"
    title, _ = read(f"<h1>{kicker}{HEADLINE}</h1>", f"{with_kicker} - Courier", with_kicker, HEADLINE)
    assert title == f"Council meeting {HEADLINE}"
    title, _ = read(f"<h1>{HEADLINE}: the council's plan</h1>", og=f"The pier: {HEADLINE}: the council's plan")
    assert title == f"{HEADLINE}: the council's plan"


@pytest.mark.parametrize("heading", ["<span>i</span>Phone sales", "<span>AC</span>Me", "<span>Self</span>ies"])
def test_a_span_within_a_word_is_no_kicker(heading: str) -> None:
    plain = heading.replace("<span>", "").replace("</span>", "")
    assert read(f"<h1>{heading} are up in Selby this year</h1>")[0] == f"{plain} are up in Selby this year"


def test_of_an_incomplete_declaration_the_heading_that_is_shared_counts() -> None:
    node = f'{{"@type": "NewsArticle", "headline": "{OTHER}"}}'
    script = f'<script type="application/ld+json">{node}</script>'
    assert read(f"{script}<h1>{HEADLINE}</h1>", OTHER, HEADLINE)[0] == HEADLINE


def test_a_declared_label_is_no_headline_of_the_newsroom() -> None:
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s", %s}</script>'
    whole = '"datePublished": "2024-03-02", "author": "Jane Doe"'
    assert read(f"{script % ('Sample menus', whole)}<h1>{HEADLINE}</h1>")[0] == HEADLINE
    assert read(f"{script % ('Pier at Selby reopens', whole)}<h1>{HEADLINE}</h1>")[0] == "Pier at Selby reopens"


@pytest.mark.parametrize(
    ("address", "og", "title"),
    [
        ("selby-votes-to-reopen-its-ferry-pier-123.html", HEADLINE, HEADLINE),
        ("ferry-pier-selby-reopening-cost-date-123.html", HEADLINE, OTHER),
        ("story-123", HEADLINE, OTHER),
        ("selby-votes-to-reopen-its-ferry-pier", OTHER, OTHER),
    ],
)
def test_a_declared_headline_that_every_other_place_contradicts_is_an_old_one(
    address: str, og: str, title: str
) -> None:
    node = f'{{"@type": "NewsArticle", "headline": "{OTHER}", "datePublished": "2024-03-02", "author": "Jane Doe"}}'
    body = f'<script type="application/ld+json">{node}</script><h1>{HEADLINE}</h1>'
    assert read(body, f"{HEADLINE} | Courier", og, url=f"https://courier.example/2024/{address}")[0] == title


@pytest.mark.parametrize("after", [" Posted on March 2, 2024", " By Jane Doe"])
def test_a_date_or_a_byline_in_the_heading_is_no_part_of_the_headline(after: str) -> None:
    assert read(f"<h1>{HEADLINE}{after}</h1>", f"{HEADLINE} - Courier", HEADLINE)[0] == HEADLINE
    assert read(f"<h1>{HEADLINE}{after}</h1>")[0] == f"{HEADLINE}{after}"


@pytest.mark.parametrize("after", [" | Opinion", " | Life | Sport", " – The Selby Courier"])
def test_section_and_site_at_the_end_of_the_heading_are_no_part_of_the_headline(after: str) -> None:
    assert read(f"<h1>{HEADLINE}{after}</h1>", f"{HEADLINE}{after}")[0] == HEADLINE


def test_a_number_is_no_kicker() -> None:
    assert read(f"<h1>8 {HEADLINE}</h1>", HEADLINE, headline=HEADLINE)[0] == f"8 {HEADLINE}"


def test_a_paragraph_in_a_heading_is_no_headline() -> None:
    paragraph = (
        "Learn here what the council of Selby has decided about the ferry pier, what it costs, and when it opens. "
    )
    assert read(f"<h1>{paragraph * 3}</h1>", OTHER, HEADLINE)[0] == HEADLINE


@pytest.mark.parametrize("tag", ["h2", "p", "div"])
def test_an_element_with_the_declared_title_comes_before_a_heading_that_no_title_repeats(tag: str) -> None:
    page = f"<{tag}>{HEADLINE}</{tag}><p>The council voted.</p><h1>A message from our founder, John Firth</h1>"
    assert read(page, f"{HEADLINE} | Courier", HEADLINE)[0] == HEADLINE
    link = f"<a>{HEADLINE}</a><h1>The pier at Selby opens again, for the first time since the flood</h1>"
    assert (
        read(link, f"{HEADLINE} | Courier", HEADLINE)[0]
        == "The pier at Selby opens again, for the first time since the flood"
    )


def test_the_site_before_the_headline_in_the_windows_title_is_no_headline() -> None:
    page = f"<h1>Notes on Rivers</h1><h2>{HEADLINE}</h2>"
    assert read(page, f"Notes on Rivers: {HEADLINE}", HEADLINE)[0] == HEADLINE
    assert read(f"<h1>{HEADLINE}</h1>", f"{HEADLINE} - Ouse", "Ouse")[0] == HEADLINE


@pytest.mark.parametrize("logo", ["The Selby Courier", "Courier", "Courier Sport"])
def test_a_logo_is_no_headline(logo: str) -> None:
    assert read(f"<h1>{logo}</h1><h1>{HEADLINE}</h1>")[0] == HEADLINE


@pytest.mark.parametrize(
    ("window", "title"),
    [
        ("埃尔穆尔将重新开放旧渡轮码头_国内新闻_埃尔穆尔网", "埃尔穆尔将重新开放旧渡轮码头"),
        ("埃尔穆尔将重新开放旧渡轮码头-埃尔穆尔网", "埃尔穆尔将重新开放旧渡轮码头"),
        ("埃尔穆尔将重新开放旧渡轮码头--时政--人民网", "埃尔穆尔将重新开放旧渡轮码头"),
        ("埃尔穆尔将重新开放旧渡轮码头 | 新闻", "埃尔穆尔将重新开放旧渡轮码头"),
        ("エルムーア市、古い渡船場を再開へ：エルムーア新聞", "エルムーア市、古い渡船場を再開へ"),
        ("エルムーア市、古い渡船場を再開へ【エルムーア新聞】", "エルムーア市、古い渡船場を再開へ"),
        ("专家：旧渡轮码头将重新开放", "专家：旧渡轮码头将重新开放"),
    ],
)
def test_suffixes_of_chinese_and_japanese_titles(window: str, title: str) -> None:
    assert read(window=window)[0] == title


@pytest.mark.parametrize("tag", ["h2", "div", "td", "strong"])
def test_without_a_heading_an_element_acts_as_one(tag: str) -> None:
    assert read(f"<{tag}>{HEADLINE}</{tag}><p>The council voted.</p>", f"{HEADLINE} - An Unknown Paper")[0] == HEADLINE
    page = f"<{tag}>Life by the river</{tag}><{tag}>{HEADLINE}</{tag}><p>The council voted.</p>"
    assert read(page, f"Life by the river: {HEADLINE}")[0] == HEADLINE


def test_titles_for_machines_are_completed_and_lose_their_tags() -> None:
    long = "Port Selby votes to reopen its storm-damaged ferry pier after eleven years, two petitions and a long night"
    assert read(f"<h1>{long} of debate</h1>", f"{long} of debate", headline=long)[0] == f"{long} of debate"
    assert read(og="&lt;em&gt;Selby Courier&lt;/em&gt; wins a prize for its pier")[0] == (
        "Selby Courier wins a prize for its pier"
    )


@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=120))
def test_any_titles_are_read(window: str, heading: str, headline: str) -> None:
    def plain(text: str) -> str:
        return "".join(c for c in text if c.isprintable() and c not in '<>&"')

    title, _ = read(f"<h1>{plain(heading)}</h1>", plain(window), headline=plain(headline))
    assert title is None or len(title) <= 500


TRAIL = '<nav><ol class="breadcrumbs"><li><a href="/news">News</a></li><li><h1>%s</h1></li></ol></nav>'


@pytest.mark.parametrize(
    ("marked", "below", "address", "title"),
    [
        (OTHER, HEADLINE, "selby-votes-to-reopen-its-ferry-pier", HEADLINE),
        (OTHER, HEADLINE, "ferry-pier-selby-reopening-cost-date", OTHER),
        (OTHER, HEADLINE, "story-1", OTHER),
        (f"{HEADLINE}, council says", HEADLINE, "selby-votes-to-reopen-its-ferry-pier", HEADLINE),
        (HEADLINE, f"Harbours: {HEADLINE}", "selby-votes-to-reopen-its-ferry-pier", HEADLINE),
        (OTHER, "Selby votes", "selby-votes-to-reopen-its-ferry-pier", OTHER),
    ],
)
def test_of_a_trails_heading_and_the_one_above_the_story_the_address_has_the_headline(
    marked: str, below: str, address: str, title: str
) -> None:
    page = TRAIL % marked + f"<article><h2>{below}</h2><p>The council voted.</p></article>"
    assert read(page, f"{marked} | Courier", url=f"https://courier.example/2024/{address}.html")[0] == title


@pytest.mark.parametrize(
    "around", ['<div class="header__crumb"><h1>%s</h1></div>', "<h1 data-breadcrumb-headline>%s</h1>"]
)
def test_a_trail_is_recognised_by_the_names_around_its_heading(around: str) -> None:
    url = "https://courier.example/selby-votes-to-reopen-its-ferry-pier"
    assert read(f"{around % OTHER}<h2>{HEADLINE}</h2>", OTHER, url=url)[0] == HEADLINE
    assert read(f"<h1>{OTHER}</h1><h2>{HEADLINE}</h2>", OTHER, url=url)[0] == OTHER


def test_a_heading_that_is_marked_as_the_headline_comes_before_that_of_a_trail() -> None:
    assert read(f'{TRAIL % OTHER}<h2 itemprop="headline">{HEADLINE}</h2>', OTHER)[0] == HEADLINE


def test_a_kicker_in_an_element_of_its_own_is_left_out_where_the_window_has_another_one() -> None:
    kicker, plain = "<span>Unrest in the town</span><span> - </span>", "<span>{}</span>"
    window = f"Storm at Selby: {HEADLINE} - Courier"
    assert read(f"<h1>{kicker}{plain.format(HEADLINE)}</h1>", window)[0] == HEADLINE
    assert read(f"<h1>{kicker}{HEADLINE}</h1>", window)[0] == f"Unrest in the town - {HEADLINE}"


@pytest.mark.parametrize("sign", [' <a class="anchor">#</a>', '<a class="headerlink">¶</a>', " <a>\U0001f517</a>"])
def test_the_sign_of_a_link_to_a_heading_is_no_part_of_it(sign: str) -> None:
    assert read(f"<h1>{HEADLINE}{sign}</h1>")[0] == HEADLINE
    assert read("<h1>What we like about the language C#</h1>")[0] == "What we like about the language C#"


def test_a_badge_after_the_headline_is_no_part_of_it() -> None:
    badge = f'<h1>{HEADLINE} <span class="badge">Premium</span></h1>'
    assert read(badge, f"{HEADLINE} - Courier", HEADLINE)[0] == HEADLINE
    assert read(badge)[0] == f"{HEADLINE} Premium"
    assert read(f"<h1>{HEADLINE} Premium</h1>", f"{HEADLINE} - Courier", HEADLINE)[0] == f"{HEADLINE} Premium"


@pytest.mark.parametrize(
    ("window", "title"),
    [
        ("셀비 나룻배 선착장 다시 열린다 - 셀비신문", "셀비 나룻배 선착장 다시 열린다"),
        ("셀비 나룻배 선착장 다시 열린다 < 사회 < 기사본문 - 셀비신문", "셀비 나룻배 선착장 다시 열린다"),
        ("셀비 나룻배 선착장 다시 열린다 | 셀비신문", "셀비 나룻배 선착장 다시 열린다"),
        ("코로나-19 확진자 다시 늘어", "코로나-19 확진자 다시 늘어"),
        (
            "셀비 - 나룻배 선착장이 십일 년 만에 다시 열린다는 소식에 반긴 마을",
            "셀비 - 나룻배 선착장이 십일 년 만에 다시 열린다는 소식에 반긴 마을",
        ),
        ("セルビーの渡船場、五月に再開へ【社会】：セルビー新聞", "セルビーの渡船場、五月に再開へ"),
    ],
)
def test_section_and_site_of_east_asian_titles_are_no_part_of_the_headline(window: str, title: str) -> None:
    assert read(window=window)[0] == title


@given(st.lists(st.sampled_from(["셀비 나룻배 선착장", "사회", " < ", " - ", "|", " ", ":"]), max_size=30).map("".join))
def test_a_korean_title_keeps_its_beginning(window: str) -> None:
    title, _ = read(window=f"셀비 {window}")
    assert title is not None
    assert title.startswith("셀비")


def test_the_headline_that_microdata_mark_is_the_headline_of_a_page_without_headings() -> None:
    marked = (
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><span itemprop="headline">{HEADLINE}</span></div>'
    )
    assert read(marked, "The Selby Courier")[0] == HEADLINE
    assert read(f"<h1>{OTHER}</h1>{marked}", OTHER)[0] == OTHER


def test_lines_of_a_heading_have_a_space_between_them() -> None:
    lines = "<h1><span>Selby votes to</span><span>reopen its ferry pier</span></h1>"
    assert read(lines)[0] == HEADLINE
    assert read(lines.replace("</span><span>", "</span> <span>"))[0] == HEADLINE


def test_an_element_that_acts_as_a_heading_for_those_who_hear_the_page_is_one() -> None:
    acting = f'<div role="heading" aria-level="1">{HEADLINE}</div>'
    assert read(acting, "The Selby Courier")[0] == HEADLINE
    assert read(f"<h1>{OTHER}</h1>{acting}", "The Selby Courier")[0] == OTHER


SIGNED = "<footer><p>© 2024 The Vale Echo. All rights reserved.</p></footer>"
"""The end of a page that names its site nowhere else."""


@pytest.mark.parametrize(
    ("window", "body", "title"),
    [
        (f"{OTHER} - The Vale Echo", SIGNED, OTHER),
        (f"{OTHER} - Sport - The Vale Echo", SIGNED, OTHER),
        (f"{OTHER} - The Vale Echo", "", f"{OTHER} - The Vale Echo"),
        (f"{OTHER} - The Vale Echo", '<a href="/"><img alt="The Vale Echo"></a>', OTHER),
        (f"The Vale Echo - {OTHER}", SIGNED, OTHER),
        (f"{OTHER} - The Vale Times", "", OTHER),
        ("Молоко залило дорогу в долине — Окская газета", "", "Молоко залило дорогу в долине"),
        (f"{OTHER} - vale-echo.example", "", OTHER),
        (f"{OTHER} :: Echo :: Sport", "", OTHER),
        (f"{OTHER} // Echo", "", OTHER),
        ("Marsham - Hull: the ferry that nobody wanted", "", "Marsham - Hull: the ferry that nobody wanted"),
        (
            "Marsham - Hull line closes for three weeks - The Vale Echo",
            SIGNED,
            "Marsham - Hull line closes for three weeks",
        ),
    ],
)
def test_a_site_that_only_signs_its_pages_is_no_part_of_the_headline(window: str, body: str, title: str) -> None:
    assert read(body, window)[0] == title


@pytest.mark.parametrize(
    "window",
    ["How to use my_function.py", "_utils.io", "Pier_plan.org", "What is new in version ten – Node.js"],
)
def test_names_of_files_and_products_are_no_hosts_at_the_end_of_a_title(window: str) -> None:
    assert read(f"<p>{HEADLINE} on Tuesday.</p>", window)[0] == window


def test_a_host_at_the_end_of_a_title_is_the_site() -> None:
    assert read(f"<p>{HEADLINE} on Tuesday.</p>", "No pier | elsewhere.example")[0] == "No pier"


def test_a_heading_that_links_to_the_front_page_is_the_site() -> None:
    logo = f'<h1><a href="/">The Vale Echo</a></h1><h3>{OTHER}</h3>'
    assert read(logo, f"The Vale Echo: {OTHER}")[0] == OTHER
    assert read(f'<h1><a href="/story">{OTHER}</a></h1>', OTHER)[0] == OTHER


def test_readings_of_characters_are_no_part_of_the_headline() -> None:
    ruby = "<h1><ruby>渡船場<rp>（</rp><rt>とせんば</rt><rp>）</rp></ruby>の再開を市が決定</h1>"
    assert read(ruby, "渡船場の再開を市が決定｜港日新聞")[0] == "渡船場の再開を市が決定"


def test_comments_and_badges_in_a_heading_are_no_part_of_it() -> None:
    for badge in ('<a href="#c">12 comments</a>', "<small>Updated</small>"):
        assert read(f"<h1>{OTHER} {badge}</h1>{SIGNED}", f"{OTHER} - The Vale Echo")[0] == OTHER
