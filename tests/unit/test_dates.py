"""Dates: every written form, the choice among those that a page shows, and input that means harm."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.extractor.body.lines import Line
from wiredesk.extractor.document import parse_html
from wiredesk.extractor.metadata.dates import PageDates
from wiredesk.extractor.metadata.dates.address import day_in_address
from wiredesk.extractor.metadata.dates.calendars import PERSIAN_YEARS, from_hijri, from_persian
from wiredesk.extractor.metadata.dates.choice import DateReader, choose
from wiredesk.extractor.metadata.dates.conventions import DateConventions, day_of
from wiredesk.extractor.metadata.dates.in_text import dates_in_text
from wiredesk.extractor.metadata.dates.relative import relative_date
from wiredesk.extractor.metadata.dates.stated import parse_stated_date
from wiredesk.extractor.metadata.dates.written import dates_in
from wiredesk.extractor.metadata.sources import MetadataSources
from wiredesk.extractor.metadata.text_sources import TextSources
from wiredesk.ingest.accept import Ingest
from wiredesk_schemas import AcceptedPage, RawPage

FETCHED = datetime(2024, 2, 1, 12, tzinfo=UTC)
DAY = date(2024, 1, 16)
EVENING = datetime(2024, 1, 16, 20, 5)


def conventions(language: str = "en", host: str = "news.example") -> DateConventions:
    return DateConventions.of_page(language, f"https://{host}/", FETCHED)


def first(text: str, language: str = "en", host: str = "news.example") -> date | None:
    return next((written.value for written in dates_in(text, conventions(language, host))), None)


def shown(body: str, url: str = "https://news.example/pier", language: str = "en") -> tuple[date | None, date | None]:
    """Return when a page says that its story was published and changed."""
    root = parse_html(f"<html lang='{language}'><head><title>The pier reopens in May</title></head><body>{body}")
    assert root is not None
    raw = {"url": url, "content_type": "text/html", "body_base64": "PHA+", "fetched_at": FETCHED.isoformat()}
    page = Ingest()(RawPage.from_object(raw))
    assert isinstance(page, AcceptedPage)
    dates = PageDates(page, MetadataSources.from_document(root, url), "The pier reopens in May")
    published, modified = (next((v for _, v in of if v), None) for of in (dates.published(), dates.modified()))
    return published, modified


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "January 16th, 2024"), ("en", "16-Jan-2024"), ("en", "Tue 16 Jan 24"), ("en-GB", "16/01/2024"), ("en-US", "1/16/24"),
        ("de", "16. Jänner 2024"), ("fr", "16 janv. 2024"), ("es", "16 de enero de 2024"), ("ca", "16 de gener de 2024"),
        ("pl", "16 stycznia 2024"), ("cs", "16. ledna 2024"), ("hr", "16. siječnja 2024."), ("hu", "2024. január 16."),
        ("lt", "2024 m. sausio 16 d."), ("lv", "2024. gada 16. janvāris"), ("eu", "2024ko urtarrilaren 16a"),
        ("fi", "16. tammikuuta 2024"), ("et", "16. jaanuar 2024"), ("el", "16 Ιανουαρίου 2024"), ("tr", "16 Ocak 2024"),
        ("ru", "16 января 2024 г."), ("uk", "16 січня 2024"), ("bg", "16 януари 2024"), ("sr", "16. јануар 2024."), ("kk", "2024 жылғы 16 қаңтар"),
        ("ka", "16 იანვარი, 2024"), ("hy", "16 հունվարի, 2024"), ("he", "16 בינואר 2024"), ("ar", "١٦ يناير ٢٠٢٤"),
        ("ar", "16 يناير/كانون الثاني 2024"), ("fa", "۲۶ دی ۱۴۰۲"), ("ar", "4 رجب 1445 هـ"), ("ur", "16 جنوری 2024"),
        ("hi", "१६ जनवरी २०२४"), ("bn", "১৬ জানুয়ারি ২০২৪"), ("ta", "16 ஜனவரி 2024"), ("th", "๑๖ มกราคม ๒๕๖๗"), ("th", "16 ม.ค. 67"),
        ("km", "16 មករា 2024"), ("my", "16 ဇန်နဝါရီ 2024"), ("vi", "ngày 16 tháng 1 năm 2024"), ("id", "16 Januari 2024"),
        ("ja", "令和6年1月16日"), ("ja", "R6.1.16"), ("zh", "二〇二四年一月十六日"), ("zh-TW", "民國113年1月16日"), ("zh-TW", "113/01/16"),
        ("zh-TW", "中華民國一一三年一月十六日"), ("pl", "16-I-2024"), ("hu", "2024. I. 16."), ("tg", "16 январи 2024"), ("de", "16. Jan. 2024"),
        ("ha", "16 ga Janairu, 2024"), ("zu", "16 Januwari 2024"), ("km", "ថ្ងៃទី១៦ ខែមករា ឆ្នាំ២០២៤"), ("my", "၁၆ ဇန်နဝါရီလ ၂၀၂၄"),
        ("tl", "Ika-16 ng Enero 2024"), ("ko", "2024년 1월 16일"), ("ko", "2024. 1. 16."), ("sv", "2024-01-16"), ("mn", "2024 оны 1-р сарын 16"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form(language: str, text: str) -> None:
    assert first(text, language) == DAY


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "January 16, 2024 8:05 pm", EVENING),
        ("en", "January 16, 2024 12:05 a.m.", datetime(2024, 1, 16, 0, 5)),
        ("en", "January 16, 2024 12:05 PM", datetime(2024, 1, 16, 12, 5)),
        ("en", "8:05 pm, 16 January 2024", EVENING),
        ("en", "January 16, 2024 at 8pm", datetime(2024, 1, 16, 20)),
        ("fr", "16/01/2024 à 20h05", EVENING),
        ("es", "16 de enero de 2024 8:05 p. m.", EVENING),
        ("el", "16/01/2024 8:05 μ.μ.", EVENING),
        ("ko", "2024.01.16. 오후 8:05", EVENING),
        ("ms", "16 Januari 2024, 8:05 petang", EVENING),
        ("hi", "16 जनवरी 2024, शाम 8:05 बजे", EVENING),
        ("vi", "16/1/2024, 8:05 tối", EVENING),
        ("ru", "16 января 2024, 8:05 вечера", EVENING),
        ("bn", "১৬ জানুয়ারি ২০২৪, সন্ধ্যা ৮:০৫", EVENING),
        ("ja", "2024年1月16日 午後8時5分", EVENING),
        ("zh", "2024年01月16日 下午8:05", EVENING),
        ("ar", "16 يناير 2024 8:05 م", EVENING),
        ("sv", "16 januari 2024 kl 20.05", EVENING),
        ("de", "16.01.24, 20:05 Uhr", EVENING),
        ("de", "16.01.2024, 20 Uhr", datetime(2024, 1, 16, 20)),
        ("nl", "dinsdag 16 januari 2024, 20u05", EVENING),
    ],
)
def test_a_time_of_day_is_read_in_every_form(language: str, text: str, expected: datetime) -> None:
    assert first(text, language) == expected


@pytest.mark.parametrize(
    ("language", "host", "text", "day"),
    [
        ("en", "news.example", "02/01/2024", date(2024, 2, 1)),
        ("en-US", "paper.co.uk", "02/01/2024", date(2024, 1, 2)),
        ("en-AU", "news.example", "02/01/2024", date(2024, 1, 2)),
        ("fr", "news.example", "02/01/2024", date(2024, 1, 2)),
        ("de", "news.example", "02.01.2024", date(2024, 1, 2)),
        ("en", "news.example", "16/01/2024", DAY),  # there is no month 16
        ("en", "news.example", "Friday, 05/01/2024", date(2024, 1, 5)),  # the first of May is after the fetching
        ("fr", "news.example", "Tuesday 09/01/2024", date(2024, 1, 9)),
    ],
)
def test_the_order_of_numbers_is_that_of_the_page(language: str, host: str, text: str, day: date) -> None:
    assert first(text, language, host) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sat, 16 Dec, 2023 - 06:36"), ("en-GB", "Sat. 16 December 2023"), ("fr", "sam. 16 déc. 2023"), ("es", "sáb, 16 de dic. de 2023"),
        ("tr", "16 Aralık 2023, Cmt"), ("sr", "sub, 16. decembar 2023."), ("id", "Sab, 16 Des 2023"), ("en", "Sat Dec 16, 2023"),
    ],
)  # fmt: skip
def test_a_weekday_is_no_month(language: str, text: str) -> None:
    day = first(text, language)
    assert day is not None
    assert day_of(day) == date(2023, 12, 16)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sat 16/12/2023"), ("en", "Sat, 16/12/2023 - 10:30"), ("en", "Sat 12/16/2023"), ("en", "(Sat) 16 / 12 / 2023"), ("en", "Sat 16/12/23"),
        ("en", "Sat | 16-12-2023 | 10:30"), ("fr", "Publié le mar. 16/12/2023 à 10h30"), ("it", "mar 16/12/2023, 10.30"), ("es", "mar 16.12.2023"),
        ("es", "mar. 16–12–2023"), ("ro", "mar., 16/12/2023"), ("en", "Sat 2023-12-16"), ("en", "16/12/2023 Sat"), ("it", "Mar, 16-12-23 ore 10:30"),
        ("en", "Sat, 16-Dec-2023 10:30"), ("es", "mar 16/dic/2023"), ("de", "Sat 16.12.23"),
    ],
)  # fmt: skip
def test_a_weekday_beside_a_date_of_numbers_is_no_month(language: str, text: str) -> None:
    days = [day_of(written.value) for written in dates_in(text, conventions(language)) if written.value is not None]
    assert days == [date(2023, 12, 16)]


@pytest.mark.parametrize("text", ["Sat 13/01 10:30", "mar 16/01", "mar. 16/01 à 10h30"])
def test_a_weekday_beside_a_day_and_the_number_of_a_month_is_no_month(text: str) -> None:
    assert first(text, "fr") is None


@pytest.mark.parametrize(
    "text", ["Mar 16 / 10:30", "Mar 16. 10.30", "Mar 16 - 10:30", "Mar 16, 2023 - 10:30", "Mar 16/2023", "Mar/16/2023"]
)
def test_a_time_of_day_or_a_year_after_a_month_is_not_the_month(text: str) -> None:
    day = first(text)
    assert day is not None
    assert day_of(day) == date(2023, 3, 16)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("fr", "mar. 9 janv. 2024", date(2024, 1, 9)),
        ("it", "mar, 9 gen 2024", date(2024, 1, 9)),
        ("es", "lun. 8 de enero de 2024", date(2024, 1, 8)),
        ("fr", "mars 9, 2023", date(2023, 3, 9)),
        ("en", "Mar 9, 2023", date(2023, 3, 9)),
        ("en", "Mar 9 - Apr 6, 2023", date(2023, 4, 6)),
    ],
)
def test_a_word_that_is_a_weekday_and_a_month_is_what_stands_beside_it(language: str, text: str, day: date) -> None:
    assert day in [written.value for written in dates_in(text, conventions(language))]


@pytest.mark.parametrize(
    ("language", "text", "offset"),
    [
        ("en", "Jan 16, 2024 20:05 EST", -5), ("en-IN", "Jan 16, 2024 20:05 IST", 5.5), ("en-IE", "Jan 16, 2024 20:05 IST", 1),
        ("de", "16.01.2024 20:05 MEZ", 1), ("zh", "2024-01-16 20:05 CST", 8), ("en", "Jan 16, 2024 8:05 p.m. ET", -5),
        ("en", "Jul 16, 2023 8:05 p.m. ET", -4), ("en", "2024-01-16 20:05 UTC+8", 8), ("en", "Jan 16, 2024 20:05 IST", None),
        ("en", "Jan 16, 2024 20:05", None),
    ],
)  # fmt: skip
def test_a_zone_that_may_be_several_is_that_of_the_country(language: str, text: str, offset: float | None) -> None:
    parsed = first(text, language)
    assert isinstance(parsed, datetime)
    assert parsed.utcoffset() == (None if offset is None else timedelta(hours=offset))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1705431900", "2024-01-16T19:05:00+00:00"),
        ("1705431900000", "2024-01-16T19:05:00+00:00"),
        ("2024-01-16T20:05:00+01:00[Europe/Berlin]", "2024-01-16T20:05:00+01:00"),
        ("Tue Jan 16 2024 20:05:00 GMT+0100 (Central European Standard Time)", "2024-01-16T20:05:00+01:00"),
        ("2024-01-16T20:05:00−05:00", "2024-01-16T20:05:00-05:00"),
        ("2024-01-16T24:00:00Z", "2024-01-17T00:00:00+00:00"),
        ("2024/01/16 20:05", "2024-01-16T20:05:00"),
        ("20240116T200500Z", "2024-01-16T20:05:00+00:00"),
        ("2024-01-16T12:05:00 AM", "2024-01-16T00:05:00"),
        ("Tue Jan 16 20:05:00 CET 2024", "2024-01-16T20:05:00+01:00"),
        ("Tue Jan 16 20:05:00 +0000 2024", "2024-01-16T20:05:00+00:00"),
        ("Tue Jan 16 20:05:00 2024", "2024-01-16T20:05:00"),
        ("16/01/2024 20:05 (GMT+7)", "2024-01-16T20:05:00+07:00"),
    ],
)
def test_a_field_for_machines_may_have_faults(text: str, expected: str) -> None:
    assert parse_stated_date(text, conventions()) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("text", ["2024", "2024-01", "0000-00-00", "12345", "Version 1.2.3", "soon", "555 1234"])
def test_a_number_is_no_date(text: str) -> None:
    assert parse_stated_date(text, conventions()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 hours ago", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("Aktualisiert vor 2 Stunden", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("5 минут назад", datetime(2024, 2, 1, 11, 55, tzinfo=UTC)),
        ("3小时前", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("hace 2 días", date(2024, 1, 30)),
        ("gestern, 20:05", datetime(2024, 1, 31, 20, 5)),
        ("vorgestern, 20:05 Uhr", datetime(2024, 1, 30, 20, 5)),
        ("发布于昨天20:05", datetime(2024, 1, 31, 20, 5)),
        ("前天", date(2024, 1, 30)),
        ("Posted an hour ago", datetime(2024, 2, 1, 11, tzinfo=UTC)),
        ("half an hour ago", datetime(2024, 2, 1, 11, 30, tzinfo=UTC)),
        ("vor zwei Wochen", date(2024, 1, 18)),
        ("il y a une heure", datetime(2024, 2, 1, 11, tzinfo=UTC)),
        ("Hace tres días", date(2024, 1, 29)),
        ("3 tim sedan", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("pre 3 sata", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("час назад", datetime(2024, 2, 1, 11, tzinfo=UTC)),
        ("21 час назад", datetime(2024, 1, 31, 15, tzinfo=UTC)),
        ("منذ ساعتين", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("לפני יומיים", date(2024, 1, 30)),
        ("3시간전", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("이틀 전", date(2024, 1, 30)),
        ("两个小时之前", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("2日前に更新", date(2024, 1, 30)),
        ("3 ชั่วโมงที่แล้ว", datetime(2024, 2, 1, 9, tzinfo=UTC)),
        ("just now", datetime(2024, 2, 1, 12, tzinfo=UTC)),
        ("3 hours 12 min ago", datetime(2024, 2, 1, 8, 48, tzinfo=UTC)),
        ("1 week 2 days ago", date(2024, 1, 23)),
        ("5 comments 2 hours ago", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("10:30, 2 hours ago", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ("1 year 2 weeks ago", None),
        ("2.5 hours ago", None),
        ("1,200 days ago", None),
        ("half a day ago", None),
        ("twenty-one days ago", None),
        ("двадцать один час назад", None),
        ("4 min read", None),
        ("5 Min. Lesezeit", None),
        ("Hier", None),
        ("Now", None),
        ("days ago", None),
        ("The shop opened two weeks ago.", None),
        ("a man with a day job", None),
        ("3 people", None),
    ],
)
def test_a_relative_time_counts_from_the_fetching(text: str, expected: date | None) -> None:
    assert relative_date(text, conventions()) == expected
    assert relative_date(text, DateConventions()) is None


HEADLINE = "<h1>The pier reopens in May</h1>"
STORY = "<p>The council voted on Tuesday to reopen the pier, eleven years after a storm of January 3, 2013 closed it for all.</p>"


@pytest.mark.parametrize(
    ("body", "published", "modified"),
    [
        (f"{HEADLINE}<p>Updated January 20, 2024</p><p>Published January 16, 2024</p>{STORY}", DAY, date(2024, 1, 20)),
        (f"{HEADLINE}<p>Published 16 January 2024, updated 20 January 2024</p>{STORY}", DAY, date(2024, 1, 20)),
        (f"{HEADLINE}<p>Stand: 16.01.2024</p>{STORY}", DAY, DAY),
        (f"<div class=today>Thursday 1 February 2024</div>{HEADLINE}<p class=date>January 16, 2024</p>{STORY}", DAY, None),
        (f"<aside><time datetime=2024-01-30>30 Jan</time></aside>{HEADLINE}<time>16 January 2024</time>{STORY}", DAY, None),
        (f"<article>{HEADLINE}{STORY}<time>16 January 2024</time></article><article><time>2024-01-30</time></article>", DAY, None),
        (f"{HEADLINE}<p>Thursday, 25 July 2024, school hall</p><p>Published 16 January 2024</p>{STORY}", DAY, None),
        (f"{HEADLINE}{STORY}<p>Published 16 January 2024</p><div class=comments><time>2024-01-18 10:00</time></div>", DAY, None),
        (f"{HEADLINE}<div><span>16</span> <span>Jan</span> <span>2024</span></div>{STORY}<footer>© 2024</footer>", DAY, None),
        (f"{HEADLINE}<p><span>Published:</span> <b>16 January 2024</b></p>{STORY}", DAY, None),
        (f"{HEADLINE}{STORY}", None, None),
    ],
)  # fmt: skip
def test_the_date_of_the_story_is_chosen(body: str, published: date | None, modified: date | None) -> None:
    assert shown(body) == (published, modified)


def test_a_page_may_state_its_age_without_a_number() -> None:
    an_hour_ago = datetime(2024, 2, 1, 11, tzinfo=UTC)
    assert shown(HEADLINE + "<p class=meta>Posted an hour ago</p>" + STORY)[0] == an_hour_ago
    assert shown(HEADLINE + "<time>vor einer Stunde</time>" + STORY, language="de")[0] == an_hour_ago
    assert shown(HEADLINE + "<p>The mayor came an hour ago.</p>" + STORY)[0] is None
    assert shown(HEADLINE + "<p>Hier</p>" + STORY, language="fr")[0] == date(2024, 1, 31)
    assert shown(HEADLINE + "<p>Hier</p>" + STORY, language="de")[0] is None
    assert shown(HEADLINE + "<p>Vakar</p>" + STORY, language="lt")[0] == date(2024, 1, 31)
    assert shown(HEADLINE + "<p>4 min read</p><p>12 January 2024</p>" + STORY)[0] == date(2024, 1, 12)


def test_a_day_stays_a_day_unless_another_place_has_its_time() -> None:
    ld = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The pier reopens in May", "datePublished": "2024-01-16"}</script>'
    assert shown(ld + HEADLINE + STORY) == (DAY, None)
    assert shown(ld + HEADLINE + "<p>16 January 2024, 20:05</p>" + STORY)[0] == EVENING
    assert shown(ld + HEADLINE + "<p>17 January 2024, 20:05</p>" + STORY)[0] == DAY


def declared(published: str, modified: str) -> str:
    node = f'"@type": "NewsArticle", "datePublished": "{published}", "dateModified": "{modified}"'
    return f'<script type="application/ld+json">{{{node}}}</script>'


@pytest.mark.parametrize(
    ("published", "modified", "day"),
    [
        ("2024-01-30T08:00:00Z", "2024-01-30T08:00:00Z", DAY),
        ("2024-01-30", "2024-01-29", DAY),
        ("2024-01-30T08:00:00Z", "2024-01-30T09:00:00Z", date(2024, 1, 30)),
        ("2024-01-17T01:00:00Z", "2024-01-17T01:00:00Z", date(2024, 1, 17)),
        ("2024-01-17T22:00:00Z", "2024-01-17T22:00:00Z", DAY),
        ("2024-01-18T01:00:00+05:00", "2024-01-18T01:00:00+05:00", DAY),
    ],
)
def test_an_earlier_shown_day_counts_where_the_declared_one_is_that_of_the_last_change(
    published: str, modified: str, day: date
) -> None:
    read, _ = shown(f"{declared(published, modified)}{HEADLINE}<p>16 January 2024</p><p>The council voted.</p>")
    assert read is not None
    assert day_of(read) == day


def test_the_last_change_and_dates_far_from_the_headline_do_not_replace_the_declared_day() -> None:
    script = declared("2024-01-30", "2024-01-30")
    assert shown(f"{script}{HEADLINE}<p>Updated 16 January 2024</p>")[0] == date(2024, 1, 30)
    far = "<p>The council voted.</p>" * 90
    assert shown(f"{script}{HEADLINE}{far}<p>16 January 2024</p>")[0] == date(2024, 1, 30)


def test_where_a_page_declares_two_days_an_earlier_one_is_looked_for_anywhere() -> None:
    script = declared("2024-01-30", "2024-01-30") + '<meta property="article:published_time" content="2024-01-12">'
    far = "<p>The council voted.</p>" * 90
    assert shown(f"{script}{HEADLINE}{far}")[0] == date(2024, 1, 30)
    assert shown(f"{script}{HEADLINE}{far}<p>Published <time pubdate>16 January 2024</time></p>")[0] == DAY
    assert shown(f"{declared('2024-01-30', '2024-01-31')}{script}{HEADLINE}{far}")[0] == date(2024, 1, 30)


@pytest.mark.parametrize(
    ("declared_at", "shown_at", "address", "day"),
    [
        ("2024-01-17T03:05:00+00:00", '<time datetime="2024-01-16T19:05:00-08:00">', "2024/01/16", DAY),
        ("2024-01-17T03:05:00+00:00", "January 16, 2024, 7:05 pm", "2024/01/16", DAY),
        ("2024-01-15T20:05:00Z", "January 16, 2024, 7:05 am", "2024/01/16", DAY),
        (
            "2024-01-17T03:05:00+00:00",
            '<li class="comment"><time datetime="2024-01-17T09:00:00-08:00">',
            "2024/01/16",
            DAY,
        ),
        ("2024-01-17T03:05:00+00:00", "January 16, 2024, 7:11 pm", "2024/01/16", date(2024, 1, 17)),
        ("2024-01-17T03:05:00+00:00", "January 16, 2024", "2024/01/16", date(2024, 1, 17)),
        ("2024-01-17T03:05:00+00:00", '<time datetime="2024-01-16T19:05:00-08:00">', "17", date(2024, 1, 17)),
        ("2024-01-19T03:05:00+00:00", '<time datetime="2024-01-18T19:05:00-08:00">', "2024/01/16", date(2024, 1, 19)),
    ],
)
def test_a_time_of_greenwich_is_put_on_the_day_of_the_pages_address(
    declared_at: str, shown_at: str, address: str, day: date
) -> None:
    script = declared(declared_at, "2024-02-01T00:00:00Z")
    read, _ = shown(f"{script}{HEADLINE}<p>{shown_at}</p><p>Words</p>", f"https://news.example/{address}/pier")
    assert isinstance(read, datetime)
    assert read == datetime.fromisoformat(declared_at)
    assert day_of(read) == day


@pytest.mark.parametrize(
    ("language", "other", "day"),
    [
        ("en-US", '<time datetime="2024-01-02">2 Jan</time>', date(2024, 1, 2)),
        ("en-GB", '<time datetime="2024-02-01">1 Feb</time>', date(2024, 2, 1)),
        ("en-US", '<time datetime="2024-01-20">20 Jan</time>', date(2024, 2, 1)),
    ],
)
def test_of_two_readings_the_day_that_the_page_states_elsewhere_is_meant(language: str, other: str, day: date) -> None:
    page = f"{HEADLINE}<p>02/01/2024</p><p>The council voted.</p><ul class='related'><li>Floods {other}</li></ul>"
    assert shown(page, language=language)[0] == day


def test_the_day_in_the_address_tells_two_readings_from_each_other() -> None:
    address = "https://news.example/blog/2023/october/03/pier/"
    assert shown(f"{HEADLINE}<p>03/10/2023</p>", address, "en-US")[0] == date(2023, 10, 3)


def test_a_date_follows_an_icon() -> None:
    icon = "<svg><use href='#calendar'></use><title>5 May 2023</title></svg>"
    assert shown(f"{HEADLINE}<div>{icon} 16 January 2024</div><p>The council voted.</p>")[0] == DAY


def test_names_of_boxes_that_the_headline_is_in_too_say_nothing() -> None:
    date_in_boxes = "<div class=a-widget><div class=widget-in><ul><li>16 January 2024</li></ul></div></div>"
    assert shown(f"<div class=a-widget>{HEADLINE}</div>{date_in_boxes}")[0] == DAY
    assert shown(f"<div class=builder>{HEADLINE}</div>{date_in_boxes}")[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "This article was originally published on 16 January 2024 but has been updated to reflect what was said since.",
        "A version of this story was first published on January 16, 2024",
        "Dieser Artikel wurde zuerst am 16. Januar 2024 veröffentlicht",
        "Cet article a été publié initialement le 16 janvier 2024",
    ],
)
def test_the_first_publication_counts_where_a_page_names_it(text: str) -> None:
    assert shown(f"{HEADLINE}<p>Published <time>30 January 2024</time></p><p>Words</p><p>{text}</p>")[0] == DAY


def test_when_a_book_was_released_is_not_when_its_review_was_published() -> None:
    page = (
        f"{HEADLINE}<div>by Jane Doe · 16 January 2024 at 8:05 pm</div><p>Author: A. Writer Released: 7 June 2023</p>"
    )
    assert shown(page)[0] == EVENING


def test_without_headings_the_element_with_the_headline_is_where_dates_are_looked_for() -> None:
    menu = "<a>News</a>" * 150
    assert shown(f"{menu}<div>The pier reopens in May</div><p>16 January 2024</p>")[0] == DAY


def test_without_h1_the_heading_with_most_words_of_the_title_is_the_headline() -> None:
    menu = "<a>News</a>" * 150
    assert shown(f"{menu}<h2>The old pier reopens, in May at last</h2><p>16 January 2024</p>")[0] == DAY
    assert shown(f"{menu}<h2>The harbour in May</h2><p>16 January 2024</p>")[0] is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://news.example/2024/01/16/pier", DAY),
        ("https://news.example/2024-01-16-pier", DAY),
        ("https://news.example/20240116/pier", DAY),
        ("https://news.example/2024/jan/16/pier", DAY),
        ("https://news.example/2024/january/16/pier", DAY),
        ("https://news.example/2024/marketing/16/pier", None),
        ("https://news.example/2024/pier-16", None),
        ("https://news.example/id/120240116999", None),
        ("https://news.example/pier?date=2024-01-16", None),
    ],
)
def test_the_address_is_the_last_witness(url: str, day: date | None) -> None:
    assert day_in_address(url) == day
    assert shown(HEADLINE + STORY, url)[0] == day


@given(st.integers(PERSIAN_YEARS.start, PERSIAN_YEARS.stop - 1), st.integers(1, 12), st.integers(1, 29))
def test_days_of_the_persian_calendar_follow_each_other(year: int, month: int, day: int) -> None:
    today, tomorrow = from_persian(year, month, day), from_persian(year, month, day) + timedelta(days=1)
    following = [(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)]
    reached = []
    for numbers in following:
        try:
            reached.append(from_persian(*numbers))
        except ValueError:
            continue
    assert tomorrow in reached or year == PERSIAN_YEARS.stop - 1
    assert today.year - year in (621, 622)


def test_known_days_of_other_calendars() -> None:
    # The Persian new year is the day of the equinox in Tehran.
    assert [from_persian(year, 1, 1) for year in (1395, 1399, 1400, 1403)] == [
        date(2016, 3, 20), date(2020, 3, 20), date(2021, 3, 21), date(2024, 3, 20),
    ]  # fmt: skip
    assert from_hijri(1445, 9, 1) == date(2024, 3, 11)


@given(st.text(max_size=400))
def test_no_text_breaks_the_readers(text: str) -> None:
    for language in ("en", "th", "zh", "fa"):
        dates_in(text, conventions(language))
    relative_date(text, conventions())
    parse_stated_date(text, conventions())
    day_in_address(text)


@given(
    st.lists(
        st.sampled_from(["12", "2024", "jan", ".", ":", "-", "/", "am", "年", "月", " ", "vor", "ago", "\u0660", "دی"]),
        max_size=120,
    )
)
def test_no_arrangement_of_parts_breaks_the_readers(parts: list[str]) -> None:
    for language in ("en", "ja", "fa"):
        dates_in("".join(parts), conventions(language))
    relative_date("".join(parts)[:80], conventions())


@pytest.mark.parametrize("piece", ["1.", "12:05 ", "1 jan ", "年1月"])
@pytest.mark.timeout(60)
def test_a_page_full_of_numbers_is_read_within_bounds(piece: str) -> None:
    body = f"{HEADLINE}<p>" + f"</p><p>{piece * 70}" * 1000
    shown(body)


def test_a_text_page_states_its_date_in_the_lines_around_the_body() -> None:
    header = [
        Line("Thursday 1 February 2024", 0),
        *(Line(f"Menu {n}", 0) for n in range(20)),
        Line("Published:", 1),
        Line("16 January 2024 20:05", 0),
    ]
    dates = choose(dates_in_text(TextSources(header=header), DateReader(conventions())))
    assert (dates.published, dates.modified) == (EVENING, None)
    beginning = TextSources(beginning=[Line("Updated 20 January 2024", 0), Line("By Ida Lund, 16 January 2024", 0)])
    dates = choose(dates_in_text(beginning, DateReader(conventions())))
    assert (dates.published, dates.modified) == (DAY, date(2024, 1, 20))


def test_each_time_of_a_line_is_of_what_it_is_marked_as() -> None:
    changed = '<time class="updated" datetime="2024-01-20T09:00:00">20 Jan</time>'
    published = '<time class="published" datetime="2024-01-16T20:05:00">16 Jan</time>'
    for line in (changed + published, published + changed):
        body = f"<h1>The pier reopens in May</h1><div class=dates>{line}</div>"
        assert shown(body) == (EVENING, datetime(2024, 1, 20, 9))


def test_an_abbreviation_stands_for_its_date() -> None:
    body = '<h1>The pier reopens in May</h1><abbr class="published" title="2024-01-16T20:05:00">yesterday</abbr>'
    assert shown(body)[0] == EVENING
    assert shown(body.replace("2024-01-16T20:05:00", "the day before"))[0] == date(2024, 1, 31)


@pytest.mark.parametrize(("name", "is_read"), [("og:pubdate", True), ("x-published", True), ("firstPublished", False)])
def test_other_names_of_the_date_of_publication(name: str, *, is_read: bool) -> None:
    stated = shown(f'<meta name="{name}" content="2024-01-16T20:05:00"><h1>The pier reopens in May</h1>')[0]
    assert (stated == EVENING) == is_read


@pytest.mark.parametrize("machine", ["0000-00-00", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z"])
def test_the_first_day_of_a_programs_calendar_is_no_date(machine: str) -> None:
    body = f'<h1>The pier reopens in May</h1><time datetime="{machine}">16 January 2024</time>'
    assert shown(body)[0] == DAY


def test_a_german_abbreviation_of_march_is_read() -> None:
    assert first("14. Mrz. 2023", "de") == date(2023, 3, 14)


@pytest.mark.parametrize("text", ["Henry VI. 16", "Chapter 4 - IX - 12", "16 V 202", "18 x 13", "2 x 2000"])
def test_roman_numerals_are_no_months_by_themselves(text: str) -> None:
    assert first(text, "en") is None


def test_two_days_ago_in_turkish_is_no_day_of_another_language() -> None:
    assert shown("<h1>The pier reopens in May</h1><p class=date>2 gün önce</p>", language="tr")[0] == date(2024, 1, 30)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<time title='16 January 2024 20:05'>3 hours ago</time>", EVENING),
        ("<time title='Published'>16 January 2024</time>", DAY),
        ("<span class=date data-timestamp=1705435500>3 hours ago</span>", datetime(2024, 1, 16, 20, 5, tzinfo=UTC)),
        ("<span class=date data-time=1705435500000></span>", datetime(2024, 1, 16, 20, 5, tzinfo=UTC)),
        ("<span class=date data-time=12></span>", None),
    ],
)
def test_a_date_may_be_stated_beside_what_is_shown(line: str, day: date | None) -> None:
    assert shown(f"<h1>The pier reopens in May</h1>{line}", url="https://news.example/p")[0] == day


def test_milliseconds_of_some_programs_are_a_date() -> None:
    assert parse_stated_date("/Date(1705435500000)/") == datetime(2024, 1, 16, 20, 5, tzinfo=UTC)
