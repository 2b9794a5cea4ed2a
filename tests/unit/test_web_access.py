"""Whom the web page answers: hosts, signing in, roles, proxies, forms of other sites; and what each answer carries."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.web_page import Page, example, parse, web_page
from wiredesk.testing.patience import scaled
from wiredesk.web import exchange as exchanges
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


@pytest.mark.parametrize(
    "host", ["localhost:port", "localhost:99999", "localhost:-1", "b\xfccher.example", "a b", "[::1", "<b>", "x@y"]
)
@pytest.mark.parametrize("path", ["/", "/api/articles?form=atom"])
async def test_what_is_no_host_is_refused(host: str, path: str) -> None:
    async with web_page(web_token=LOOK) as page:
        sent = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {LOOK}\r\nConnection: close\r\n\r\n"
        answer = await exchange(page, sent.encode("latin-1"))
        assert answer.startswith("HTTP/1.1 400 ")
        assert "is not a host and a port" in answer


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


@pytest.mark.parametrize("name", ["", "anna:"])
async def test_a_token_that_is_replaced_ends_its_sessions(tmp_path: Path, name: str) -> None:
    """Without a name, a token is named after its place in the file, where another one may move."""
    path = tmp_path / "tokens"
    path.write_text(f"{name}{LOOK}\n{name}{LOOK}-second\n", encoding="utf-8")
    async with web_page(web_token_file=path) as page:
        first, second = await signed_in(page, LOOK), await signed_in(page, f"{LOOK}-second")
        path.write_text(f"{name}{LOOK}-second\n{name}{LOOK}-third\n", encoding="utf-8")
        assert (await page.get("/", headers=first))[0] == 303
        assert (await page.get("/", headers=second))[0] == 200


async def test_a_role_that_is_taken_away_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(f"anna:{REDRIVE}\n", encoding="utf-8")
    async with web_page(web_redrive_token_file=path, web_token=f"anna:{LOOK}") as page:
        anna = await signed_in(page, REDRIVE)
        assert "(look)" not in (await page.get("/", headers=anna))[1]
        path.write_text(f"bea:{REDRIVE}-another\n", encoding="utf-8")
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


@pytest.mark.parametrize(
    ("header", "shown"),
    [("Jürgen".encode(), "Jürgen"), ("Jürgen".encode("latin-1"), "Jürgen"), (b"<b>\xe2\x80\xae", "&lt;b&gt;\\u202e")],
)
async def test_names_of_a_proxy_are_text_in_any_encoding(header: bytes, shown: str) -> None:
    async with web_page(web_proxy="127.0.0.0/8") as page:
        answer = await exchange(page, b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-User: %b\r\n\r\n" % header)
        assert f"<span>{shown} (look)</span>" in answer


async def test_a_name_beside_that_of_the_proxy_is_refused() -> None:
    """A proxy that adds its header, and leaves the one that it received, would let anybody be anybody."""
    sent = b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-User: root\r\nX-Forwarded-User: anna\r\n\r\n"
    async with web_page(web_proxy="127.0.0.0/8") as page:
        assert " 403 " in (await exchange(page, sent)).partition("\r\n")[0]


async def test_groups_may_come_in_several_headers() -> None:
    headers = [("X-Forwarded-User", "anna"), ("X-Forwarded-Groups", "news"), ("X-Forwarded-Groups", "ops")]
    async with web_page(web_proxy="127.0.0.0/8", web_proxy_redrive_group="ops") as page:
        assert "(look)" not in (await page.get("/", headers=headers))[1]


async def exchange(page: Page, request: bytes) -> str:
    """Send bytes, and return what comes until the page is whole or the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(page.url.rpartition(":")[2]))
    writer.write(request)
    answer = b""
    async with asyncio.timeout(scaled(20)):
        while (chunk := await reader.read(65_536)) and not answer.endswith(b"</html>"):
            answer += chunk
            if answer.rstrip().endswith(b"</html>"):
                break
    writer.close()
    return answer.decode()


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


async def test_a_form_that_comes_slowly_or_not_at_all_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "FORM_SECONDS", 0.05)
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\nContent-Length: 100\r\n\r\ntoken="
    async with web_page(web_token=LOOK) as page:
        answer = await exchange(page, head % FORM["Content-Type"].encode())
        assert answer.startswith("HTTP/1.1 408 ")
        assert "The request did not arrive in time" in answer


async def test_a_form_through_a_proxy_that_changes_the_host_is_taken() -> None:
    """Its Host is then that of the page within; its Origin is the name that browsers know."""
    asked = {"Origin": "https://wire.paper.example", "Host": "127.0.0.1:8090"}
    async with web_page(web_token=LOOK, web_names="wire.paper.example,127.0.0.1") as page:
        assert (await page.ask("POST", "/sign-in", data={"token": LOOK}, headers=asked))[0] == 303
        asked["Origin"] = "https://wire.paper.example.evil.example"
        assert (await page.ask("POST", "/sign-in", data={"token": LOOK}, headers=asked))[0] == 403


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
