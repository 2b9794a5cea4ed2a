"""Pages that say that their story is gone, and notices that withdraw one; and stories about either."""

from html import escape

import pytest

from wiredesk.extractor.extract import Extractor
from wiredesk.extractor.models import shipped_models
from wiredesk.ingest.accept import Ingest
from wiredesk.ingest.urls import canonical_url
from wiredesk_schemas import AcceptedPage, CleanedArticle, RawPage, SkippedPage, SkipReason, WithdrawnPage, page_id

URL = "https://courier.example/2026/03/14/ferry-strike-ends"
SENTENCE = "The union of the port said on Tuesday that the strike of the ferry crews is over after four days of talks. "


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(shipped_models(), canonical_url=canonical_url)


def read(
    extractor: Extractor, title: str, *texts: str, status: int = 200
) -> CleanedArticle | SkippedPage | WithdrawnPage:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in texts)
    body = f"<html><head><title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>{paragraphs}</main></body></html>"
    page = Ingest()(RawPage(url=URL, body=body, content_type="text/html", http_status=status))
    assert isinstance(page, AcceptedPage)
    return extractor(page)


REMOVED = {
    "en": ("This article was published prematurely and has been withdrawn.", "At the request of our news partner, this story is no longer available on our site.", "Due to licensing restrictions, this Associated Press story is no longer available.", "The Courier has retracted the article that appeared on this page.", "This story has been removed", "This article is no longer available.", "Sorry, the page you are looking for does not exist.", "The Daily has removed this article because of errors.", "For legal reasons this article has been taken offline.", "This article has been removed from our website.", "410 Gone"),
    "de": ("Der Artikel ist aufgrund rechtlicher Vorgaben nicht mehr abrufbar.", "Aus lizenzrechtlichen Gründen steht dieser Beitrag nicht mehr zur Verfügung.", "Dieser Artikel ist nicht mehr verfügbar.", "Der Artikel wurde gelöscht.", "Der Artikel wurde auf Wunsch der Betroffenen gelöscht.", "Die Redaktion hat diesen Artikel zurückgezogen."),
    "fr": ("La rédaction a décidé de retirer cet article.", "Pour des raisons juridiques, cet article n'est plus disponible.", "Cet article n’est plus disponible.", "L'article que vous recherchez n'existe plus."),
    "es": ("Por motivos legales, este artículo ya no está disponible.", "Este artículo ya no está disponible.", "La noticia ha sido eliminada."),
    "it": ("Questo articolo è stato rimosso.",),
    "pt": ("Esta matéria foi removida.",),
    "nl": ("Dit artikel is niet meer beschikbaar.",),
    "sv": ("Artikeln har tagits bort.",),
    "no": ("Artikkelen er slettet.",),
    "da": ("Artiklen er fjernet.",),
    "fi": ("Juttu on poistettu.",),
    "pl": ("Artykuł został usunięty.",),
    "cs": ("Článek byl odstraněn.",),
    "sk": ("Článok bol odstránený.",),
    "hr": ("Članak je uklonjen.",),
    "bg": ("Статията е изтрита.",),
    "ro": ("Acest articol a fost șters.",),
    "hu": ("A keresett cikk nem található.",),
    "el": ("Το άρθρο δεν είναι πλέον διαθέσιμο.", "Το άρθρο αποσύρθηκε."),
    "tr": ("Bu haber kaldırılmıştır.", "Bu habere artık ulaşılamıyor."),
    "ru": ("Материал удалён.",),
    "uk": ("Цей матеріал було видалено.", "Статтю видалено."),
    "ar": ("تم حذف هذا الخبر",),
    "fa": ("این خبر حذف شده است",),
    "he": ("הכתבה הוסרה",),
    "hi": ("यह खबर हटा दी गई है",),
    "bn": ("এই প্রতিবেদনটি সরিয়ে নেওয়া হয়েছে",),
    "id": ("Artikel ini telah dihapus.",),
    "vi": ("Bài viết đã bị xóa.",),
    "th": ("ข่าวนี้ถูกลบแล้ว",),
    "zh": ("该文章已被删除", "文章不存在"),
    "ja": ("指定されたページは存在しないか、すでに削除されています。", "配信元の要請により、この記事を取り下げました。", "この記事は削除されました", "お探しの記事は見つかりません", "掲載を終了した記事です。"),
    "ko": ("기사가 삭제되었습니다",),
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{lang}-{n}") for lang, texts in REMOVED.items() for n, text in enumerate(texts)]
)
def test_a_page_that_says_so_is_gone(extractor: Extractor, text: str) -> None:
    for page in (read(extractor, text), read(extractor, "The Harbour Courier", text)):
        assert isinstance(page, WithdrawnPage), page
        assert page.reason == "removed"
        assert page.page_id == page_id(URL)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 Not Found", "The requested URL was not found on this server."),
        ("Seite nicht gefunden", "Die angeforderte Seite existiert nicht."),
        ("Page introuvable", "La page demandée n'existe plus."),
    ],
)
def test_a_page_that_is_not_found_is_gone_whatever_its_status(extractor: Extractor, title: str, text: str) -> None:
    page = read(extractor, title, text)
    assert isinstance(page, WithdrawnPage)
    assert (page.reason, page.skip_reason) == ("removed", SkipReason.ERROR_PAGE)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "503 Service Unavailable",
            "The server is temporarily unable to service your request. Please try again later.",
        ),
        ("403 Forbidden", "You don't have permission to access this page on this server."),
        ("Just a moment...", "Please enable JavaScript and cookies to continue."),
        ("Wartungsarbeiten", "Die Seite ist vorübergehend nicht erreichbar. Bitte versuchen Sie es später."),
    ],
)
def test_an_error_that_passes_withdraws_nothing(extractor: Extractor, title: str, text: str) -> None:
    assert isinstance(read(extractor, title, text), SkippedPage)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("KILL: Ferry-Strike", "Editors: please kill the story slugged Ferry-Strike, which moved on Monday. " * 3),
        (
            "MANDATORY KILL",
            "Kill the story about the ferry strike in Selby. A replacement will be sent to all subscribers. " * 2,
        ),
        (
            "STORY REMOVED: EU--Ferry Strike",
            "The agency has withdrawn its story about the strike of the ferry crews. " * 3,
        ),
        (
            "WITHDRAWN: Ferry strike ends after four days",
            "The story is withdrawn because it could not be confirmed. " * 3,
        ),
        (
            "ADVISORY-Story headlined Ferry strike ends is withdrawn",
            "The story is withdrawn. There will be no substitute story. " * 3,
        ),
        (
            "AP-KILL: Ferry-Strike",
            "Kill the story slugged Ferry-Strike. The agency has learned that it was wrong. " * 3,
        ),
        ("Ferry strike", "BULLETIN KILL. EDITORS: The story slugged Ferry-Strike could not be confirmed. " * 3),
        ("ACHTUNG - Rückzug: Streik der Fähren", "Bitte verwenden Sie die Meldung vom Montag nicht. " * 3),
        ("【取消】フェリーのスト終結", "この記事を取り消します。" * 6),
        ("URGENT - KILL KILL KILL - Ferry strike", "Kill the story on the ferry strike sent at 1015 GMT. It is false."),
        ("PA KILL: Ferry strike", "Please kill the story headlined Ferry strike ends. We will not replace it."),
        ("Ferry strike ends [RETRACTED]", "The newsroom has retracted the story because its sources failed."),
        ("Eilt: dpa zieht Meldung zurück", "Die dpa zieht die Meldung zurück. Bitte verwenden Sie sie nicht."),
        ("AVIS D'ANNULATION - Grève", "Nous annulons la dépêche. Prière de ne pas l'utiliser."),
        ("ATTENZIONE: ANNULLARE notizia sciopero", "Si prega di annullare la notizia. È errata."),
        ("ВНИМАНИЕ! АННУЛИРУЕТСЯ сообщение", "Просим подписчиков не использовать сообщение."),
        ("تنويه: إلغاء خبر إضراب العبارات", "نرجو من المشتركين الكرام عدم استخدام الخبر."),
        ("◎全文取り消し　フェリースト", "さきに配信した記事を全文取り消します。"),
        ("《撤稿》渡轮罢工结束", "请各用户撤下一稿，不要采用。"),
        ("KILL MANDATORY: Ferry strike", "Editors: kill the story slugged FERRY-STRIKE. The information is wrong."),
        ("ELIMINATION: Ferry strike", "The story has been eliminated by the agency. Editors should not use it."),
        ("BC-EU--Ferry Strike, KILL", "Members using the item, sent on Monday, are asked to kill it. It is wrong."),
        ("Ferry strike ends (WITHDRAWN)", "The agency withdraws its story. A substitute will follow."),
        ("EILMELDUNG ZURÜCKGEZOGEN: Fährstreik", "Bitte verwenden Sie die Meldung nicht. Sie wird zurückgezogen."),
        ("Achtung: dpa-Meldung zurückgezogen", "Bitte verwenden Sie die Meldung dpa 4711 nicht."),
        ("STORNIERUNG: Fährstreik", "Die Agentur zieht ihre Meldung von 10.15 Uhr zurück."),
        ("ATTENTION - DEPECHE ANNULEE", "La dépêche publiée à 10h15 est annulée. Merci de ne pas en tenir compte."),
        ("ANULACION: Huelga", "La agencia anula la noticia transmitida a las 10.15."),
        ("ΑΚΥΡΩΣΗ: Απεργία", "Η είδηση ακυρώνεται. Παρακαλούμε να μη χρησιμοποιηθεί η story."),
        ("CANCELAMENTO: Greve", "A agência anula a notícia das 10h15. Pedimos que não a utilizem."),
        ("TILBAKEKALT: Fergestreiken", "NTB trekker tilbake meldingen. Meldingen må ikke brukes."),
        ("ANULOWANIE: Strajk promów", "Agencja anuluje depeszę. Prosimy jej nie wykorzystywać."),
        ("İPTAL: Feribot grevi bitti", "Ajans haberini iptal etmiştir. Lütfen kullanmayınız."),
        ("Berichtigung: Meldung wird zurückgezogen", "Der Streik der Fähren dauert an, wie die Gewerkschaft sagt."),
        ("Hinweis an die Redaktionen: Meldung zurückgezogen", "Die Gewerkschaft hat das Ende des Streiks dementiert."),
        ("ATENCIÓN: ANULAR noticia huelga", "Rogamos a los clientes que no usen la noticia de las 10.15."),
        ("ATENCIÓN: ANULAR NOTICIA HUELGA", "Rogamos a los clientes que no usen la noticia de las 10.15."),
        ("ATENCAO EDITORES: matéria cancelada", "O fim da greve foi desmentido pelo sindicato dos marinheiros."),
        ("Atenção, editores: matéria cancelada sobre a greve", "O fim da greve foi desmentido pelo sindicato."),
        ("ATENÇÃO REDAÇÕES: notícia anulada", "O fim da greve foi desmentido pelo sindicato dos marinheiros."),
        ("ATTENTION: ANNULER dépêche grève", "Merci de ne pas utiliser la dépêche de 10h15."),
        ("Avis aux rédactions: dépêche annulée", "La fin de la grève est démentie par le syndicat des marins."),
        ("ВНИМАНИЕ! АННУЛИРОВАТЬ новость", "Просим подписчиков не использовать сообщение."),
        ("Editors: story withdrawn", "The union denies that the strike of the ferry crews is over."),
        ("Ferry strike ends", "This article has been removed because it did not meet our standards. " + SENTENCE),
        ("Ferry strike ends", "We have retracted this article. " + SENTENCE),
    ],
)
def test_a_notice_withdraws_the_story(extractor: Extractor, title: str, text: str) -> None:
    page = read(extractor, title, text)
    assert isinstance(page, WithdrawnPage), page
    assert page.page_id == page_id(URL)


def test_the_detail_of_a_withdrawal_quotes_what_the_page_says(extractor: Extractor) -> None:
    for title, text, said in (
        ("Ferry strike ends", "This article has been removed.", "This article has been removed."),
        ("Page not found", "Sorry, the page you are looking for does not exist.", "Page not found"),
        ("MANDATORY KILL", "Kill the story slugged Ferry-Strike, which was wrong.", "MANDATORY KILL"),
    ):
        page = read(extractor, title, text)
        assert isinstance(page, WithdrawnPage), page
        assert page.detail == f"the page says so itself: {said!r}"


def test_a_notice_withdraws_the_page_that_it_names_on_its_own_site(extractor: Extractor) -> None:
    named = "https://www.courier.example/2026/03/13/ferry-strike-goes-on"
    text = "Please kill the story at {}. It moved on Monday, and could not be confirmed by anybody in the harbour."
    page = read(extractor, "MANDATORY KILL", text.format(f"{named}?utm_source=wire"))
    assert isinstance(page, WithdrawnPage)
    assert (page.canonical_url, page.page_id) == (named, page_id(named))
    other = read(extractor, "MANDATORY KILL", text.format("https://bigpaper.example/economy/rates"))
    assert isinstance(other, WithdrawnPage)
    assert other.page_id == page_id(URL)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Kill Bill: the film at 20", SENTENCE * 5),
        ("Removed: the statue of the founder", "The statue was taken away on Monday, said the story of the day. " * 5),
        ("Journal retracts paper on ferries", "The article was retracted by the journal on Monday. " + SENTENCE * 3),
        ("Road-kill: a study of the harbour road", "A story of the animals that die there, said the editors. " * 5),
        ("WITHDRAWN: three drugs leave the market", "Three drugs are withdrawn from the market, the agency said. " * 3),
        ("RÜCKRUF: Glassplitter in Joghurt", "Kunden sollen ihn nicht verwenden, heißt es in der Meldung. " * 3),
        ("取消航班的旅客可退款", "航空公司周一宣布，取消航班的旅客可以全额退款。" * 4),
        ("Achtung: bitte nicht verwenden", "Der Hersteller warnt vor Splittern aus Glas in seinem Joghurt. " * 3),
        ("Atención: anular la multa es posible", "El tribunal anuló la multa, según la noticia del lunes. " * 3),
        ("ATENCIÓN: cancelar el viaje cuesta 40 euros", "Los clientes pagan 40 euros por el viaje anulado. " * 3),
        ("CANCELAR: el verbo del año", "La academia eligió el verbo del año, según la nota del lunes. " * 3),
        ("Urgent: story retracted by the journal", "The journal retracted the article on ferries on Monday. " * 3),
        (
            "Berichtigung: Meldungen zum Wetter",
            "Die Meldungen zum Wetter waren am Montag falsch, sagt der Dienst. " * 3,
        ),
        ("Atención: nota anulada a mil estudiantes", "La universidad anuló la nota del examen, dijo el lunes. " * 3),
        ("POLICE SHOOT, KILL", "Police killed a man on Monday; his body was removed by others. " + SENTENCE * 3),
        ("Story removed from wall: the mural", "The mural of Main Street was removed on Monday by workers. " * 4),
        ("Jacket is no evidence", "The article has been removed from the evidence room, police said. " + SENTENCE * 3),
        ("Singer pulls post", "The singer has pulled this post after a day. " + SENTENCE * 3),
        ("Firm deletes post", "The company has deleted this post after complaints from users. " + SENTENCE * 3),
        ("경찰이 삭제된 게시물 3천 건을 복구했다", "경찰은 월요일에 삭제된 게시물을 모두 복구했다고 밝혔다. " * 8),
        (
            "日本の記事が削除された事件",
            "日本の新聞社の記事が削除された事件について、裁判所は月曜日に判決を言い渡した。" * 6,
        ),
        ("Paper pulls story", "The paper said: “This article has been removed.” " + SENTENCE * 3),
        (
            "Troops withdrawn from the harbour",
            "The army has withdrawn its troops from the harbour on Monday. " + SENTENCE * 3,
        ),
        (
            "Page removed from museum's Bible",
            "The page was removed from the book on Monday by thieves. " + SENTENCE * 3,
        ),
    ],
)
def test_a_story_about_a_withdrawal_stays(extractor: Extractor, title: str, text: str) -> None:
    assert isinstance(read(extractor, title, text), CleanedArticle)


def test_a_page_that_is_gone_is_passed_on(extractor: Extractor) -> None:
    gone = Ingest()(RawPage(url=URL, body="", http_status=410))
    assert isinstance(gone, WithdrawnPage)
    passed_on = extractor(gone)
    assert isinstance(passed_on, WithdrawnPage)
    assert passed_on.event_id != gone.event_id
    assert passed_on.model_copy(update={"event_id": gone.event_id}) == gone
