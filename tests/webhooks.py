"""A receiver of webhooks that fails as often as it is asked to, before it has taken anything."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRET = "a-secret-of-a-receiver"  # noqa: S105 - of a test


class Receiver:
    """What a receiver has taken.

    Attributes:
        url: where it listens.
        taken: by the id of the delivery, how often it was taken.
        pages: by the id of the delivery, the page that it is about.
        refused: how many requests it has refused.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.taken: Counter[str] = Counter()
        self.pages: dict[str, str] = {}
        self.refused = 0

    def rules(self, folder: Path) -> Path:
        """Write a rules file that wants every article, and return its path."""
        (folder / "secret").write_text(SECRET, encoding="ascii")
        lines = [
            "copies_wait_seconds = 0",
            "[receivers.desk]",
            f'url = "{self.url}"',
            "retry_seconds = 0.05",
            f'secret_file = "{folder / "secret"}"',
            "[[rules]]",
            'name = "all"',
            'receiver = "desk"',
        ]
        path = folder / "rules.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path


@contextmanager
def receiving(share_of_failures: float) -> Iterator[Receiver]:
    """Run a receiver for the duration of a block."""
    dice = random.Random(3)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                fails = dice.random() < share_of_failures
                if fails:
                    receiver.refused += 1
                else:
                    receiver.taken[self.headers["webhook-id"]] += 1
                    receiver.pages[self.headers["webhook-id"]] = body["data"]["page_id"]
            self.send_response(500 if fails else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
