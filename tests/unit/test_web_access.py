"""Whom the web page answers: hosts, signing in, roles, proxies, forms of other sites; and what each answer carries."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.web_page import Page, example, parse, web_page
from wiredesk.web.sessions import Sessions
from wiredesk.web.settings import WebSettings
from wiredesk.web.sign_in import local_path

LOOK, REDRIVE = "look-token-0123456789", "redrive-token-0123456789"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "10.0.0.1", "[::", "a@127.0.0.2@x"],
)
async def test_without_sign_in_only_names_of_this_machine_are_answered(host: str) -> None:
    async with web_page() as page:
        assert (await page.get("/", headers={"Host": host}))[0] == 421
        assert (await page.get("/api/articles", headers={"Host": host}))[0] == 421


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8090", "LOCALHOST", "[::1]:80", "127.0.0.1:1", "wire.paper.example"]
)
async def test_names_of_this_machine_and_those_of_the_settings_are_answered(host: str) -> None:
    async with web_page(web_names="wire.paper.example, other.example") as page:
        assert (await page.get("/", headers={"Host": host}))[0] == 200


async def test_every_answer_says_what_a_browser_may_do() -> None:
    async with web_page() as page:
        for path in ("/", "/nothing", "/static/wire.js", "/health/live", "/api/articles?after=nonsense", "/metrics"):
            _, headers, _ = await page.ask("GET", path)
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["X-Frame-Options"] == "DENY"


async def test_pages_have_no_inline_script_or_style() -> None:
    async with web_page() as page:
        page.feed.put(0, example("enriched_article"))
        parsed = parse((await page.get("/"))[1])
        assert "style" not in parsed.elements
        assert not [name for _, name, _ in parsed.attributes if name == "style" or name.startswith("on")]
        assert len(parsed.values("script", "src")) == parsed.elements.count("script") > 0


async def signed_in(page: Page, token: str) -> dict[str, str]:
    status, headers, _ = await page.ask("POST", "/sign-in", data={"token": token, "next": "/?topic=x"})
    assert (status, headers["Location"]) == (303, "/?topic=x")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    return {"Cookie": cookie.partition(";")[0]}


async def test_people_sign_in_with_a_token_and_programs_send_it(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"anna:{LOOK}\n", encoding="utf-8")
    async with web_page(web_token_file=path, web_redrive_token=REDRIVE, web_names="") as page:
        status, headers, _ = await page.ask("GET", "/?topic=x")
        assert (status, headers["Location"]) == (303, "/sign-in?next=%2F%3Ftopic%3Dx")
        status, headers, _ = await page.ask("GET", "/metrics")
        assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="wiredesk web"')
        assert (await page.get("/metrics", headers={"Authorization": f"Bearer {LOOK}"}))[0] == 200
        assert (await page.get("/metrics", headers={"Authorization": f"Bearer {LOOK}x"}))[0] == 401
        assert (await page.ask("POST", "/sign-in", data={"token": "wrong"}))[0] == 403
        anna = await signed_in(page, LOOK)
        assert "anna (look)" in (await page.get("/", headers=anna))[1]
        path.write_text("someone-else:another-token-0123456789\n", encoding="utf-8")
        assert (await page.get("/", headers=anna))[0] == 303


async def test_a_session_that_was_changed_is_none() -> None:
    async with web_page(web_token=LOOK) as page:
        cookie = (await signed_in(page, LOOK))["Cookie"]
        for changed in (
            cookie[:-1] + ("0" if cookie[-1] != "0" else "1"),
            cookie.partition(".")[0],
            "wiredesk_session=x.y",
        ):
            assert (await page.get("/", headers={"Cookie": changed}))[0] == 303


async def test_a_form_of_another_site_is_refused() -> None:
    async with web_page(web_token=LOOK) as page:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert (await page.ask("POST", "/sign-in", data={"token": LOOK}, headers=headers))[0] == 403
        assert (await page.ask("POST", "/sign-in", data={"token": LOOK}, headers={"Origin": page.url}))[0] == 303


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x", ""],
)
def test_signing_in_leads_to_our_own_pages_only(path: str) -> None:
    assert local_path(path) == "/"


async def test_a_proxy_names_people_and_nobody_else_does() -> None:
    asked = {"X-Forwarded-User": "anna@paper.example", "X-Forwarded-Groups": "news, ops"}
    async with web_page(web_proxy="127.0.0.0/8", web_proxy_redrive_group="ops") as page:
        assert "anna@paper.example<" in (await page.get("/", headers=asked))[1].replace("\n", "")
        assert "(look)" in (await page.get("/", headers={**asked, "X-Forwarded-Groups": "opsy"}))[1]
        assert (await page.get("/", headers={"Authorization": f"Bearer {LOOK}"}))[0] == 303
    async with web_page(web_proxy="10.1.0.0/16") as page:
        assert (await page.get("/", headers=asked))[0] == 403


def test_beyond_loopback_people_must_sign_in() -> None:
    for host in ("0.0.0.0", "wire.paper.example", "::"):  # noqa: S104 - refused
        with pytest.raises(ValidationError, match="not on loopback"):
            WebSettings(web_host=host)
    assert not WebSettings(web_host="0.0.0.0", web_token=LOOK).is_open  # noqa: S104
    with pytest.raises(ValidationError, match="two ways"):
        WebSettings(web_token=LOOK, web_proxy="10.0.0.1")
    with pytest.raises(ValidationError):
        WebSettings(web_proxy="no network")


def test_a_form_is_of_one_person_one_purpose_and_one_hour() -> None:
    now = [1000.0]
    sessions = Sessions(lambda: now[0])
    text = sessions.form("redrive", "anna", {"limit": 3})
    assert sessions.read_form("redrive", "anna", text) == {"limit": 3}
    assert sessions.read_form("purge", "anna", text) is None
    assert sessions.read_form("redrive", "bea", text) is None
    assert Sessions(lambda: now[0]).read_form("redrive", "anna", text) is None
    now[0] += 3601
    assert sessions.read_form("redrive", "anna", text) is None


async def test_large_forms_and_queries_are_refused() -> None:
    async with web_page(web_token=LOOK) as page:
        assert (await page.ask("POST", "/sign-in", data="token=" + "x" * 70_000, headers=FORM))[0] == 413
        assert (await page.ask("POST", "/sign-in", data={"x": "1"}, headers={"Content-Type": "application/json"}))[
            0
        ] == 400
    async with web_page() as page:
        assert (await page.get("/?" + "&".join(f"a{n}=1" for n in range(50))))[0] == 400
        assert (await page.get("/?" + "&".join(f"topic={n}" for n in range(30))))[0] == 400
        assert (await page.ask("POST", "/"))[0] == 405


async def test_streams_are_limited_and_leave_room_for_pages() -> None:
    async with web_page(web_streams=2, web_connections=10) as page, contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            answer = await stack.enter_async_context(
                page.session.get(f"{page.url}/api/articles", headers={"Accept": "text/event-stream"})
            )
            assert answer.status == 200
        assert (await page.get("/api/articles", headers={"Accept": "text/event-stream"}))[0] == 429
        assert (await page.get("/"))[0] == 200


async def test_what_is_no_request_is_refused_without_a_trace() -> None:
    async with web_page() as page:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(page.url.rpartition(":")[2]))
        writer.write(b"NONSENSE\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert b" 400 " in answer
        assert b"Traceback" not in answer
