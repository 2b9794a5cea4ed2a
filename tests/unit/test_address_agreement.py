"""Which of two addresses of a site a declaration may make one page: real ones, and those that lose a page."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiredesk.ingest.declarations import find_declarations
from wiredesk.ingest.urls import canonical_url
from wiredesk.ingest.urls.address import Address
from wiredesk.ingest.urls.agreement import disagreement
from wiredesk.ingest.urls.identity import Identity, StatedUrls, identify
from wiredesk_schemas import CanonicalEvidence

HOST = "https://news.example"


def reason(fetched: str, declared: str) -> str:
    """Return why an address of the host, or a whole one, is not believed to be that of a page."""
    one, other = (Address.of(canonical_url(url if "://" in url else HOST + url)) for url in (fetched, declared))
    assert one.url != other.url
    return disagreement(one, other)


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        ("https://m.news.example/2024/pier-vote", "/2024/pier-vote"),
        ("https://amp.news.example/2024/pier-vote", "/2024/pier-vote"),
        ("/2024/pier-vote/amp", "/2024/pier-vote"),
        ("/2024/pier-vote?amp=1", "/2024/pier-vote"),
        ("/2024/pier-vote?print=true", "/2024/pier-vote"),
        ("/2024/pier-vote?view=print", "/2024/pier-vote"),
        ("/2024/pier-vote?format=amp", "/2024/pier-vote"),
        ("/2024/pier-vote?tmpl=component&print=1&layout=default", "/2024/pier-vote"),
        ("/2024/pier-vote?outputType=amp", "/2024/pier-vote"),
        ("/?p=4711", "/2024/pier-vote"),
        ("/?p=4711", "/local/pier-vote"),
        ("/blog/?p=4711", "/blog/council-approves-new-pier"),
        ("/node/4711", "/local/council-approves-new-pier"),
        ("/story/123456/council-approves-new-pier", "/story/123456"),
        ("/story/123456", "/story/123456/council-approves-new-pier"),
        ("/article/4812345/old-words-of-it", "/article/4812345/changed-headline-later"),
        ("/politics/article253202060/Old-headline-of-story.html", "/politics/article253202060/New-words-for-it.html"),
        ("/2024/pier-vote?cid=rss_feed", "/2024/pier-vote"),
        ("/2024/pier-vote?ref=front&intcid=5", "/2024/pier-vote"),
        ("/2024/pier-vote?source=rss", "/2024/pier-vote"),
        ("/2024/pier-vote?share=facebook", "/2024/pier-vote"),
        ("/2024/pier-vote?traffic_source=rss", "/2024/pier-vote"),
        ("/2024/pier-vote?maca=de-rss-de-all-1119-rdf", "/2024/pier-vote"),
        ("/2024/pier-vote?mod=hp_lead_pos1", "/2024/pier-vote"),
        ("/2024/pier-vote?itid=hp-top-table-main", "/2024/pier-vote"),
        ("/2024/pier-vote?smid=url-share&unlocked_article_code=1.a.b", "/2024/pier-vote"),
        ("/2024/pier-vote?reduced=true", "/2024/pier-vote"),
        ("/2024/pier-vote?st=k5v2m8h3", "/2024/pier-vote"),
        ("/en/2024/pier-vote", "/2024/pier-vote"),
        ("/2024/pier-vote?lang=en", "/en/2024/pier-vote"),
        ("https://en.news.example/2024/pier-vote", "/2024/pier-vote"),
        ("/reviews/council-approves-new-pier", "/council-approves-new-pier"),
        ("/2024/05/07/council-approves-new-pier-in-the-harbour", "/council-approves-new-pier-in-the-harbour"),
        ("/quote?symbol=AAPL", "/quote/aapl"),
        ("/index.php?option=com_content&view=article&id=55&Itemid=3", "/local/council-approves-pier"),
        ("/news/港の新しい橋が月曜日に開通", "/2024/港の新しい橋が月曜日に開通"),
        ("/news/港の新しい橋が月曜日に開通?ref=rss", "/news/港の新しい橋が月曜日に開通"),
        ("/2024/für-die-brücke-am-hafen", "/politik/fuer-die-bruecke-am-hafen"),
        ("/show.php?id=5", "/story/5"),
        ("/sport/bridge-is-open-4812345", "/news/bridge-opens-again-4812345"),
        ("/2024/चुनाव-के-नतीजे-आज", "/news/चुनाव-के-नतीजे-आज"),
        ("/2024/pier-vote?_amp=true", "/2024/pier-vote"),
        ("/story/pier-opens-again/sn-amp/", "/story/pier-opens-again/"),
        ("/index.php/2024/pier-vote", "/2024/pier-vote"),
        ("/2024/Pier-Vote", "/2024/pier-vote"),
        ("/en-us/Health/the-man-who-was/ar-BBWXwNX", "/en-us/health/the-man-who-was/ar-BBWXwNX"),
        ("/2024/pier-vote?share=facebook&nb=1", "/2024/pier-vote"),
        ("/2024/pier-vote?via=newsletter", "/2024/pier-vote"),
        ("/local/für-die-neue-brücke", "/2024/fur-die-neue-brucke"),
        ("/local/für-die-neue-brücke", "/2024/fuer-die-neue-bruecke"),
        ("/?p=4711", "/2024/港の新しい橋が月曜日に開通"),
        ("/?p=4711", "/2024/05/07/опрос-о-мосте"),
        ("/node/4711", "/news/港の新しい橋が月曜日に開通"),
        ("/show_article.php?id=51234", "/local/51234"),
        ("/wetter?ort=berlin", "/wetter/berlin"),
        ("/mobile/2024/pier-vote", "/2024/pier-vote"),
        ("https://www.google.co.uk/amp/s/news.example/2024/pier-vote/amp", "/2024/pier-vote"),
        ("/2024/pier-vote?utm_source=x&fbclid=y&ref=z", "/2024/pier-vote"),
        ("/news/amp/pier-opens-again", "/news/pier-opens-again"),
        ("/uk/news/council-approves-new-pier-in-the-harbour", "/news/council-approves-new-pier-in-the-harbour"),
        ("/story/51234/council-approves-new-pier", "/local/council-approves-new-pier-51234"),
    ],
)  # fmt: skip
def test_addresses_of_one_story_agree(fetched: str, declared: str) -> None:
    assert not reason(fetched, declared)


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        ("/local/pier-vote", "/2024/pier-vote"),
        ("/local/live-blog", "/2023/05/live-blog"),
        ("/news/港の新しい橋が月曜日に開通", "/article/1011185"),
        ("/local/council-approves-new-pier", "/node/88999"),
        ("/local/council-approves-new-pier", "/a/x7gh2kq"),
        ("/de/2024/pier-vote", "/en/2024/pier-vote"),
        ("https://de.news.example/2024/pier-vote", "https://en.news.example/2024/pier-vote"),
        ("/2024/pier-vote?lang=de", "/2024/pier-vote?lang=en"),
        ("/news/港の新しい橋が月曜日に開通", "/news/市長が辞任を表明した理由"),
        ("/2024/港の新しい橋が月曜日に開通", "/2024/市長が辞任を表明した理由"),
        ("/local/港の新しい橋が月曜日に開通", "/2024/市長が辞任を表明した理由"),
        ("/news/ข่าวเลือกตั้งผู้ว่ากรุงเทพวันนี้", "/news/น้ำท่วมภาคเหนือหนักสุดในรอบปี"),
        ("/a/ข่าวเลือกตั้งผู้ว่ากรุงเทพวันนี้", "/b/น้ำท่วมภาคเหนือหนักสุดในรอบปี"),
        ("/2024/ຂ່າວການເມືອງລາວມື້ນີ້", "/2024/ນ້ຳຖ້ວມໃຫຍ່ຢູ່ພາກໃຕ້"),
        ("/2024/ព័ត៌មានថ្មីៗអំពីការបោះឆ្នោត", "/2024/ទឹកជំនន់នៅខេត្តបាត់ដំបង"),
        ("/2024/ရန်ကုန်မြို့တွင်မိုးကြီး", "/2024/ရွေးကောက်ပွဲရလဒ်များ"),
        ("/2024/서울시장선거결과발표", "/2024/부산화재현장상황"),
        ("/2024/चुनाव-के-नतीजे-आज", "/2024/बारिश-से-तबाही-कल"),
        ("/2024/தேர்தல்-முடிவுகள்-இன்று", "/2024/மழை-வெள்ளம்-சேதம்"),
        ("/2024/انتخابات-ایران-امروز", "/2024/سیل-در-شمال-کشور"),
        ("/2024/05/pier", "/2024/05/ferry"),
        ("/2024/05/councilapprovespier", "/2024/05/ferrystrikeends"),
        ("/story-12345/chapter-two", "/story-12345"),
        ("/story/12345/chapter-two", "/story/12345"),
        ("/story/123456/chapter-two-the-storm", "/story/123456"),
        ("/story/123456/kapitel-zwei-der-sturm", "/story/123456"),
        ("/teams-1899/hoffenheim", "/teams-1899"),
        ("/1899/hoffenheim-wins-again-today", "/1899"),
        ("/match/123456/lineups", "/match/123456"),
        ("/match/123456/live-ticker", "/match/123456"),
        ("/story/123456/comments", "/story/123456"),
        ("/story/123456/gallery", "/story/123456"),
        ("/story/123456/photos-of-the-day", "/story/123456"),
        ("/match/123456", "/match/123456/bayern-dortmund"),
        ("/story-12345", "/story-12345/chapter-one"),
        ("/section/10234/council-approves-new-pier", "/section/10234"),
        ("/wetter-fuer-deine-stadt?city=berlin", "/wetter-fuer-deine-stadt"),
        ("/ten-day-weather-forecast?city=Berlin", "/ten-day-weather-forecast"),
        ("/2024/05/results-of-the-election?constituency=leeds", "/2024/05/results-of-the-election"),
        ("/stock-quote-of-the-day?symbol=AAPL", "/stock-quote-of-the-day"),
        ("/stock-quote-of-the-day?symbol=FB", "/stock-quote-of-the-day"),
        ("/search-the-whole-archive?keyword=facebook", "/search-the-whole-archive"),
        ("/search-the-whole-archive?q=rss", "/search-the-whole-archive"),
        ("/live-scores-and-results-today?match=12", "/live-scores-and-results-today"),
        ("/how-to-sort-a-list?lang=python", "/how-to-sort-a-list"),
        ("/en/how-to-sort-a-list?lang=python", "/en/how-to-sort-a-list"),
        ("/how-to-sort-a-list?lang=ts", "/how-to-sort-a-list"),
        ("/2024/pier-vote?format=podcast", "/2024/pier-vote"),
        ("/2024/pier-vote?display=table2", "/2024/pier-vote"),
        ("/2024/pier-vote?layout=berlin", "/2024/pier-vote"),
        ("/2024/pier-vote?template=election", "/2024/pier-vote"),
        ("/2024/pier-vote?output=results", "/2024/pier-vote"),
        ("/2024/pier-vote?type=video", "/2024/pier-vote"),
        ("/2024/pier-vote?view=gallery", "/2024/pier-vote"),
        ("/archive?m=202405", "/archive"),
        ("/2024/?m=5", "/2024/"),
        ("/artikel.php?print=12345", "/artikel.php"),
        ("/ny/10001/crime-is-down-this-year", "/ny/10001/mayor-resigns-over-scandal"),
        ("/ny/10001/crime-is-down-this-year", "/ny/10001"),
        ("/ny/10001", "/ny/mayor-resigns-over-scandal"),
        ("/ny/10001", "/ny/10001/mayor-resigns-over-scandal"),
        ("/news/202405/council-approves-new-pier", "/news/202405/ferry-strike-ends-today"),
        ("/archive/20240517/council-approves-new-pier", "/archive/20240517/ferry-strike-ends-today"),
        ("/section/1234567/council-approves-new-pier", "/section/1234567/ferry-strike-ends-today"),
        ("/news/20240517-council-approves-pier", "/news/20240517-ferry-strike-ends"),
        ("/news/council-approves-pier-20240517", "/news/ferry-strike-ends-20240517"),
        ("/news/protest-draws-crowd-of-100000", "/news/bitcoin-falls-below-100000"),
        ("/news/crime-rises-in-10001", "/news/weather-for-10001"),
        ("/news/euro2024-final-england-spain", "/sport/germany-out-of-euro2024"),
        ("/news/iphone15-is-here-now", "/tech/new-colours-for-iphone15"),
        ("/news/council-approves-new-pier", "/news/council-rejects-new-budget"),
        ("/news/storm-hits-north-coast", "/news/storm-hits-south-coast"),
        ("/leeds/election-results", "/bradford/election-results"),
        ("/leeds/election-results", "/election-results"),
        ("/leeds/general-election-results-in-full", "/bradford/general-election-results-in-full"),
        ("/weather/paris/ten-day-forecast", "/weather/london/ten-day-forecast"),
        ("/a-story-of-two/chapter-two", "/other-story-here/chapter-two"),
        ("/story/12345/chapter-one", "/story/12345/chapter-two"),
        ("/leeds/2", "/bradford/2"),
        ("/2024/05/06/live-blog", "/2024/05/07/live-blog"),
        ("/news/2024/05/06/live-blog", "/2024/05/07/live-blog"),
        ("/2024/05/06/morning-news-in-brief", "/morning-news-in-brief"),
        ("/top-10-films-of-2023", "/top-10-films-of-2024-and-beyond"),
        ("/top/top-ten-films-of-2023", "/best/top-ten-films-of-2024"),
        ("/player/51234", "/story/51234"),
        ("/team/123456", "/match/123456"),
        ("/?city=berlin", "/weather/london"),
        ("/?city=berlin", "/weather-in-your-city-today"),
        ("/?q=pier", "/local/pier-vote"),
        ("/?s=pier", "/local/pier-vote-passes"),
        ("/search?q=pier", "/local/pier-vote"),
        ("/?p=123456", "/news/council-seat-654321"),
        ("/index.php?option=com_content&id=5&city=berlin", "/news/council-approves-pier"),
        ("/", "/?p=5"),
        ("/results", "/results?constituency=leeds"),
        ("/2024/pier-vote", "/2024/pier-vote?city=leeds"),
        ("/tech/mobile", "/tech"),
        ("/topics/print", "/topics"),
        ("/mobile/plans", "/plans"),
        ("/ny/election-results", "/election-results"),
        ("/ca/election-results", "/election-results"),
        ("https://ny.news.example/election-results", "/election-results"),
        ("https://m.co.uk/a-story-of-one-pier", "https://mobile.co.uk/a-story-of-one-pier"),
        ("https://amp.blogspot.com/2024/05/x-y-z.html", "https://www.blogspot.com/2024/05/x-y-z.html"),
        ("https://google.abc.com/amp/s/news.example/2024/pier-vote", "/2024/pier-vote"),
        ("/forum/showthread.php?12345-thread-title", "/forum/showthread.php"),
        ("/wetter?berlin", "/wetter"),
        ("/2024/wetter-heute?berlin", "/2024/wetter-heute"),
        ("/author/anna-roe-reporter", "/2024/05/anna-roe-reporter"),
        ("/tag/council-approves-pier", "/news/council-approves-pier"),
        ("/a/x7Gh2kQ", "/b/y8Hj3lR"),
        ("/posts/x7Gh2kQ9", "/posts/y8Hj3lR2/council-approves-new-pier"),
        ("/story/123456?page=2", "/news/council-approves-pier-123456"),
        ("/2024/pier-vote?skip=20", "/2024/pier-vote"),
        ("/chapter-1/the-storm-comes-in", "/chapter-2/the-storm-comes-in"),
        ("/docs/9/sql-select", "/docs/current/sql-select"),
        ("/district/5/meeting-of-the-council-today", "/meeting-of-the-council-today"),
        ("/quiz/1/how-well-do-you-know-leeds", "/quiz/2/how-well-do-you-know-leeds"),
        ("/2024/pier-vote?from=berlin", "/2024/pier-vote"),
        ("/flights-to-munich-today?from=berlin&to=munich", "/flights-to-munich-today"),
        ("/profile?user_id=5", "/profile"),
        ("/document?ref=12345", "/document"),
        ("/news/pier-vote", "/news/pier-vote-live-updates-as-they-happen"),
        ("/election-results", "/election-results-leeds"),
        ("/local/election-results-by-ward", "/local/election-results-by-ward-leeds-north"),
        ("/2024/pier-vote", "/uploads/2024/pier-vote.jpg"),
        ("/x#/story/1", "/x#/story/2"),
        ("/news/article-12345-67890", "/news/article-12345-67891"),
        ("/tv/season-one-episode-two-recap", "/tv/season-one-episode-three-recap"),
        ("/de/pier-vote-passes", "/en/pier-vote-passes"),
        ("/2024/pier-vote?team=1899", "/2024/pier-vote"),
        ("/2024/pier-vote?candidate=smith", "/2024/pier-vote"),
        ("/2024/pier-vote?candidate=x&candidate=y", "/2024/pier-vote"),
        ("/story/123456/de", "/story/123456/fr"),
        ("/2024/caf%E9-vote-today", "/2024/caf%E8-vote-today"),
        ("/2024/caf%E9", "/2024/caf%E8"),
        ("/2024/%B8%DB%B8%DB%B8%DB", "/2024/%B8%DC%B8%DC%B8%DC"),
        ("/news?title=caf%E9", "/news?title=caf%E8"),
        ("/s/x7Gh2kQ", "/s/X7gH2Kq"),
        ("/s/x7Gh2kQ", "/s/x7gh2kq"),
        ("/watch/AbCdEfGh", "/watch/aBcDeFgH"),
        ("/local/results-of-group-a", "/2024/results-of-group-b"),
        ("/local/class-1a-results-today", "/2024/class-1b-results-today"),
        ("/local/pier-saga-part-i", "/2024/pier-saga-part-ii"),
        ("/local/view-from-the-pier", "/2024/read-from-the-pier"),
        ("/news/10001/council-approves-new-pier", "/news/10001/ferry-strike-ends-today"),
        ("/blog/54321/council-approves-new-pier", "/blog/54321/ferry-strike-ends-today"),
        ("/video/654321/council-approves-new-pier", "/video/654321/ferry-strike-ends-today"),
        ("/news/crime-falls-again-110011", "/sport/weather-today-is-fine-110011"),
        ("/news/election20240505-results-leeds", "/sport/who-won-in-election20240505"),
        ("/sport/crowd100000-in-berlin", "/news/bitcoin-crowd100000"),
        ("/trains-to-munich-today?via=berlin", "/trains-to-munich-today"),
        ("/stock-price-of-the-day?share=AAPL", "/stock-price-of-the-day"),
        ("/crypto-price-of-the-day?token=btc", "/crypto-price-of-the-day"),
        ("/talk-show-of-the-week?guest=smith", "/talk-show-of-the-week"),
        ("/players-of-the-season?pos=goalkeeper", "/players-of-the-season"),
        ("/news-from-the-states?st=ny", "/news-from-the-states"),
        ("/2024/pier-vote?nl=amsterdam", "/2024/pier-vote"),
        ("/2024/pier-vote?rss=leeds", "/2024/pier-vote"),
        ("/2024/pier-vote?channel=bbc", "/2024/pier-vote"),
        ("/2024/pier-vote?location=home-counties", "/2024/pier-vote"),
        ("/show.php?id=5", "/page/5"),
        ("/team.php?id=5", "/local/pier-vote-passes"),
        ("/index.php?cid=12", "/local/pier-vote-passes"),
        ("/ny/general-election-results", "/general-election-results"),
        ("/sg/general-election-results", "/general-election-results"),
        ("/person/123456/anna-roe-reporter", "/article/123456/anna-roe-reporter"),
        ("/movie/51234/the-old-man-sea", "/review/51234/the-old-man-sea"),
        ("/2024/05/07", "/2024/05/08"),
        ("/2024/05/07/", "/2024/05/"),
        ("/2024/pier-vote;city=leeds", "/2024/pier-vote"),
        ("/2024/pier-vote?a=1;city=leeds", "/2024/pier-vote"),
        ("/tag/a%2Fb", "/tag/a/b"),
        ("/story/123456-2", "/story/123456"),
        ("/council-approves-new-pier?p=2", "/council-approves-new-pier"),
        ("/2/pier-vote", "/pier-vote"),
        ("/第一集-港の新しい橋", "/第二集-港の新しい橋"),
        ("/local/第1回港の新しい橋", "/2024/第2回港の新しい橋"),
        ("/local/港の新しい橋2023", "/2024/港の新しい橋2024"),
        ("/local/東京都知事選挙結果", "/2024/東京都議会選挙結果"),
        ("/local/東京都知事選挙結果", "/2024/東京都知事選挙結果大阪版"),
        ("/local/선거-결과", "/2024/선거-결과-서울"),
        ("/2024/ผลการเลือกตั้งกรุงเทพ", "/2024/ผลการเลือกตั้งเชียงใหม่"),
        ("/local/ผลการเลือกตั้งกรุงเทพ", "/2024/ผลการเลือกตั้งเชียงใหม่"),
        ("/local/पंचायत-चुनाव-परिणाम", "/2024/नगर-चुनाव-परिणाम"),
        ("/gallery/pier-opens-in-the-rain-today", "/pier-opens-in-the-rain-today"),
        ("/pier-opens-in-the-rain-today/gallery", "/pier-opens-in-the-rain-today"),
        ("/pier-opens-in-the-rain-today/2", "/pier-opens-in-the-rain-today"),
        ("/pier-opens-in-the-rain-today/video", "/pier-opens-in-the-rain-today"),
        ("/pier-opens-in-the-rain-today", "/pier-opens-in-the-rain-today/2"),
        ("/leeds/news/pier-vote", "/bradford/news/pier-vote"),
        ("/league/1/table-of-the-season", "/league/2/table-of-the-season"),
        ("/league/one/table-of-the-season", "/league/two/table-of-the-season"),
        ("/race-12345-results", "/race-12346-results"),
        ("/12345", "/23456"),
        ("/a-b/12345", "/c-d/12345"),
        ("/plz/10115", "/wetter/10115"),
        ("/wetter/10115", "/wetter/berlin-mitte-heute"),
        ("/wetter/berlin-mitte-heute", "/wetter/10115"),
        ("/10115", "/wetter-in-berlin-mitte"),
        ("/isin/DE0005140008", "/news/deutsche-bank-aktie-steigt"),
        ("/quote/US0378331005", "/news/apple-shares-rise-today"),
        ("/flight/LH2040A4B", "/news/flight-delayed-in-munich"),
        ("/author/x7Gh2kQ9", "/news/flight-delayed-in-munich"),
        ("/users/1234567", "/news/flight-delayed-in-munich"),
        ("/?id=5", "/news/flight-delayed-in-munich-51234"),
        ("/?article=5&page=2", "/news/flight-delayed-in-munich"),
        ("/print/", "/news/flight-delayed-in-munich"),
        ("/amp", "/news/flight-delayed-in-munich"),
        ("/2024/pier-vote?view=full-results", "/2024/pier-vote"),
        ("/2024/pier-vote?mode=berlin", "/2024/pier-vote"),
        ("/2024/pier-vote?type=results", "/2024/pier-vote"),
        ("/2024/pier-vote?output=2", "/2024/pier-vote"),
        ("/2024/pier-vote?print=berlin", "/2024/pier-vote"),
        ("/2024/pier-vote?m=5", "/2024/pier-vote"),
        ("/2024/pier-vote?hl=fr", "/2024/pier-vote"),
        ("/2024/pier-vote?language=ruby", "/2024/pier-vote"),
        ("/2024/pier-vote?locale=leeds", "/2024/pier-vote"),
        ("https://de.news.example/2024/pier-vote", "https://fr.news.example/2024/pier-vote"),
        ("https://ca.news.example/pier-vote", "https://news.example/pier-vote"),
        ("https://leeds.news.example/pier-vote-passes-in-council", "https://news.example/pier-vote-passes-in-council"),
        ("https://news.example:8080/2024/pier-vote", "https://news.example:8443/2024/pier-vote"),
        ("https://en.co.uk/2024/pier-vote", "https://www.co.uk/2024/pier-vote"),
        ("https://m.github.io/2024/pier-vote", "https://amp.github.io/2024/pier-vote"),
        ("https://n-example.cdn.ampproject.org/c/s/other.example/2024/pier-vote", "/2024/pier-vote"),
        ("/article/4812345/chapter-two-of-it", "/article/4812345/chapter-three-of-it"),
        ("/article/4812345/old-words-of-it", "/article/4812346/old-words-of-it"),
        ("/tv/show-s01e02", "/tv/show-s01e03"),
        ("/tv/show-s01e02-recap", "/news/show-s01e03-recap"),
        ("/local/top-10-films", "/2024/top-20-films"),
        ("/local/2023-in-review-films", "/2024/2024-in-review-films"),
        ("/ireland/pier-vote-results", "/scotland/pier-vote-results"),
        ("/kommunalwahl/koeln", "/kommunalwahl/bonn"),
        ("/kommunalwahl-koeln-ergebnisse", "/kommunalwahl-bonn-ergebnisse"),
        ("/local/kommunalwahl-ergebnisse-koeln", "/2024/kommunalwahl-ergebnisse"),
        ("/local/michael-wins-the-race", "/2024/michal-wins-the-race"),
        ("/local/poet-found-dead-today", "/2024/pot-found-dead-today"),
        ("/2024/a", "/2024/b"),
        ("/2024/05/x-1", "/2024/05/x-2"),
        ("/story/1", "/story/2"),
        ("/show.php?id=5", "/show.php"),
        ("/story?id=abc", "/story/def"),
        ("/story?slug=pier-vote", "/story/ferry-strike"),
        ("/?p=5&city=leeds", "/local/pier-vote"),
        ("/?tag=pier", "/local/pier-vote"),
        ("/?cat=5", "/local/pier-vote"),
        ("/?author=5", "/local/pier-vote"),
        ("/?feed=rss2", "/local/pier-vote"),
        ("/?attachment_id=5", "/local/pier-vote"),
        ("/2024/05/07/press-review-of-the-day", "/press-review-of-the-day"),
        ("/story/leeds-united-4-1", "/story/leeds-united-4-2"),
        ("/a/leeds-united-win-again-1111111", "/b/leeds-united-win-again-2222222"),
        ("/stations/101/air-quality-in-the-city", "/stations/102/air-quality-in-the-city"),
        ("/stations/a/air-quality-in-the-city", "/stations/b/air-quality-in-the-city"),
        ("/teams/12345", "/players/12345"),
        ("/team-12345", "/player-12345"),
        ("/teams/bayern-12345", "/players/bayern-12345"),
        ("/horoskop/widder", "/horoskop/stier"),
        ("/horoskop/widder-heute-am-montag", "/horoskop/stier-heute-am-montag"),
        ("/news/story?id=5&lang=de", "/news/story?id=5"),
        ("/news/story?id=5", "/news/story?id=5&part=2"),
        ("/article/4812345/gallery", "/article/4812345/council-approves-new-pier"),
        ("/article/4812345/council-approves-new-pier", "/article/4812345/gallery"),
        ("/article/4812345/a-b-c-d", "/article/4812345/"),
        ("/2024/pier-vote?amp=leeds", "/2024/pier-vote"),
        ("/2024/pier-vote?output=amp2", "/2024/pier-vote"),
        ("/wahl/2021/ergebnis-in-berlin-mitte", "/wahl/2025/ergebnis-in-berlin-mitte"),
        ("/wahl-2021/ergebnis-in-berlin-mitte", "/wahl-2025/ergebnis-in-berlin-mitte"),
        ("/wahl/ergebnis-in-berlin-mitte", "/wahl/ergebnis-in-berlin-mitte-2025"),
        ("/bundesliga/1/spieltag-tabelle-heute", "/bundesliga/2/spieltag-tabelle-heute"),
        ("/1-bundesliga/spieltag-tabelle-heute", "/2-bundesliga/spieltag-tabelle-heute"),
        ("/news/iphone-15-review-and-price", "/news/iphone-16-review-and-price"),
        ("/tech/iphone15-review-and-price", "/2024/iphone16-review-and-price"),
        ("/video/clip-1234567", "/video/clip-7654321"),
        ("/news/2024/05/07", "/news/2024/05/08"),
        ("/news/20240507", "/news/20240508"),
        ("/news/20240507", "/news/headline-of-the-day-here"),
        ("/epaper/20240507", "/epaper/headline-of-the-day-here"),
        ("/newsletter/4711", "/local/council-approves-new-pier"),
        ("/ausgabe/471123", "/local/council-approves-new-pier"),
        ("/p/2", "/local/council-approves-new-pier"),
        ("/page/2", "/local/council-approves-new-pier"),
        ("/?paged=2", "/local/council-approves-new-pier"),
        ("/?page_id=5&paged=2", "/local/council-approves-new-pier"),
        ("/local/?p=5", "/sport/ferry-strike-ends-today-51234"),
        ("/leeds?p=5", "/bradford/ferry-strike-ends-today"),
        ("/forum/viewtopic.php?f=5&t=10", "/forum/viewtopic.php?f=5"),
        ("/forum/viewtopic.php?f=5&t=10", "/forum/viewtopic.php"),
        ("/forum/viewtopic.php?t=10&p=3", "/forum/viewtopic.php?t=10"),
        ("/index.php?title=Pier", "/index.php"),
        ("/index.php?title=Pier", "/wiki/Ferry"),
        ("/item?id=10", "/item?id=11"),
        ("/watch?v=abc", "/watch"),
        ("/watch?v=abc", "/watch?v=ABC"),
        ("/r/abc123de", "/r/news/council-approves-new-pier"),
        ("/story/a1b2c3d4e5/council-approves-new-pier", "/story/f6a7b8c9d0/council-approves-new-pier"),
        ("/story/a1b2c3d4e5/leeds-council-approves-new-pier", "/story/f6a7b8c9d0/bradford-ferry-strike-ends-now"),
        ("/en/leeds", "/de/leeds"),
        ("/en-gb/pier-vote-passes", "/fr-fr/pier-vote-passes"),
        ("/2024/pier-vote?lang=en-gb", "/2024/pier-vote"),
        ("/2024/pier-vote?lang=fr", "/en/2024/pier-vote"),
        ("/us/pier-vote", "/uk/pier-vote"),
        ("/us/results-today", "/ca/results-today"),
        ("/za/election-results-in-full", "/election-results-in-full"),
        ("/2024/ny/election-results", "/2024/election-results"),
        ("/election/ny/results-in-full-today", "/election/ca/results-in-full-today"),
        ("https://ny.news.example/a", "https://ca.news.example/a"),
        ("/live/123456/updates", "/live/123456"),
        ("/live/123456", "/live/123457"),
        ("/live/leeds-v-bradford-123456", "/live/leeds-v-bradford"),
        ("/live/leeds-v-bradford", "/live/leeds-v-burnley"),
        ("/results/leeds-north-west", "/results/leeds-north-east"),
        ("/%E6%B8%AF", "/%E6%A9%8B"),
        ("/2024/%E6%B8%AF", "/2024/%E6%A9%8B"),
        ("/news/%E6%B8%AF%E6%A9%8B", "/local/%E6%B8%AF%E5%B1%B1"),
        ("/2024/ferry", "/2024/ferry-2"),
        ("/news/x?utm_city=leeds&city=leeds", "/news/x"),
        ("/news/council-approves-new-pier?variant=leeds", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?widget=5", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?ressort=sport", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?plz=10115", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?station=berlin", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?team", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?%E6%B8%AF", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?=", "/news/ferry"),
        ("/news/council-approves-new-pier?date=2024-05-07", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?year=2024", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?sort=new", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?tab=results", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?image=3", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?slide=3", "/news/council-approves-new-pier"),
        ("/news/council-approves-new-pier?ticker=X", "/news/council-approves-new-pier"),
    ],
)  # fmt: skip
def test_addresses_of_two_pages_do_not_agree(fetched: str, declared: str) -> None:
    assert reason(fetched, declared)


def identity(url: str, declared: str, way: str) -> Identity:
    """Return the identity of a page that declares an address in one way, or in all."""
    head = {"link": f'<link rel="canonical" href="{declared}">', "og": f'<meta property="og:url" content="{declared}">'}
    page = f"<html><head>{head.get(way, '')}</head><body><p>Text"
    header = f'<{declared}>; rel="canonical"' if way == "header" else None
    subject = declared if way == "subject" else None
    return identify(StatedUrls(url, canonical_url(url), find_declarations(page), header, subject))


SCRIPTS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрсту", "अआइउकखगघचजटतदनपबमयरलवसह", "กขคงจชซดตถทนบปพฟมยรลวสหอ")
DENSE = (
    "".join(map(chr, range(0x4E00, 0x4F00))),
    "".join(map(chr, range(0xAC00, 0xAD00))),
    "".join(map(chr, range(0x30A1, 0x30F6))),
)


@st.composite
def headlines(draw: st.DrawFn) -> tuple[str, str]:
    """Return the slugs of two stories, in one script, that have no word in common."""
    if draw(st.booleans()):
        letters = draw(st.sampled_from(SCRIPTS))
        half = len(letters) // 2
        kinds = (st.text(letters[:half], min_size=4, max_size=9), st.text(letters[half:], min_size=4, max_size=9))
        one, other = (draw(st.lists(kind, min_size=1, max_size=6, unique=True)) for kind in kinds)
        separator = draw(st.sampled_from(["-", "_"]))
        return separator.join(one), separator.join(other)
    letters = draw(st.sampled_from(DENSE))
    half = len(letters) // 2
    return draw(st.text(letters[:half], min_size=4, max_size=20)), draw(
        st.text(letters[half:], min_size=4, max_size=20)
    )


PLACES = st.sampled_from(
    ["", "/news", "/2024", "/2024/05/07", "/ny/10001", "/sport/12", "/en", "/a", "/story", "/article", "/202405"]
)
"""What stands above a headline."""

WAYS = st.sampled_from(["link", "og", "header", "subject"])
TWINS = st.sampled_from(["https://m.news.example", "https://amp.news.example", "https://www.news.example", HOST])


@given(headlines(), PLACES, PLACES, TWINS, WAYS)
def test_two_headlines_never_are_one_page(stories: tuple[str, str], one: str, other: str, host: str, way: str) -> None:
    fetched, declared = f"{host}{one}/{stories[0]}", f"{HOST}{other}/{stories[1]}"
    found = identity(fetched, declared, way)
    assert (found.url, found.evidence) == (canonical_url(fetched), CanonicalEvidence.URL)
    assert [url for url, _ in found.not_believed] == [canonical_url(declared)]


@given(
    st.text(string.ascii_lowercase, min_size=3, max_size=12),
    st.text(string.ascii_letters + string.digits + "äж港 ", min_size=1, max_size=12),
    PLACES,
    WAYS,
)
def test_a_parameter_of_an_unknown_name_is_never_lost(name: str, value: str, place: str, way: str) -> None:
    path = f"{HOST}{place}/council-approves-new-pier"
    found = identity(f"{path}?x{name}={value}", path, way)
    assert found.evidence is CanonicalEvidence.URL


@given(
    headlines(),
    PLACES,
    TWINS,
    st.sampled_from(["", "/amp", "?amp=1", "?outputType=amp", "?ref=rss&share=x", "/print"]),
    WAYS,
)
def test_a_twin_of_a_page_is_that_page(stories: tuple[str, str], place: str, host: str, tail: str, way: str) -> None:
    story = f"{place}/{'-'.join(stories)}"
    found = identity(f"{host}{story}{tail}", HOST + story, way)
    evidence = {
        "link": CanonicalEvidence.LINK, "og": CanonicalEvidence.OG_URL, "header": CanonicalEvidence.HTTP_LINK,
        "subject": CanonicalEvidence.SUBJECT,
    }  # fmt: skip
    assert (found.url, found.evidence) == (canonical_url(HOST + story), evidence[way])
