"""A server of results for the user of this machine: loopback only, and nothing else.

It answers only requests that name this machine, so that a page elsewhere cannot
read results through the user's browser, and gives only files that lie in the
results, whatever a path or a link says.
"""

from __future__ import annotations

import html
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

LOOPBACK = "127.0.0.1"
NAMES = (LOOPBACK, "localhost")
INDEX = "index.html"
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>tryptome: reports</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto;
padding: 0 1rem; color-scheme: light dark }}</style></head>
<body><main><h1>Reports</h1><ul>{links}</ul></main></body></html>
"""


def server(results: Path, port: int) -> ThreadingHTTPServer:
    """Make a server of a folder of results.

    Parameters
    ----------
    results : pathlib.Path
    port : int
        0 for any that is free.

    Returns
    -------
    http.server.ThreadingHTTPServer
        Bound to the loopback interface; ``serve_forever`` starts it.

    Raises
    ------
    OSError
        The port cannot be used.
    """
    root = results.resolve()

    class Bound(Handler):
        """The handler of this folder."""

        folder = root

    return ThreadingHTTPServer((LOOPBACK, port), Bound)


class Handler(SimpleHTTPRequestHandler):
    """Answers with files of the folder, and with a list of its reports."""

    folder: Path

    def do_GET(self) -> None:
        """Answer with a file or the list of reports."""
        if self._refused():
            return
        if urlsplit(self.path).path == "/" and not (self.folder / INDEX).is_file():
            self._list()
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        """Answer with the headers of a file."""
        if not self._refused():
            super().do_HEAD()

    def translate_path(self, path: str) -> str:
        """Place of the file that a path names; empty where it leads out of the folder."""
        name = unquote(urlsplit(path).path).lstrip("/")
        if "\0" in name:
            return ""
        place = (self.folder / name).resolve()
        return str(place) if place.is_relative_to(self.folder) else ""

    def list_directory(self, path: Any) -> None:
        """Give no lists of folders."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Keep browsers from guessing at types and from keeping pages of an earlier run."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of single requests."""

    def _refused(self) -> bool:
        """Refuse what names another machine, or a file that lies elsewhere."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if host not in NAMES:
            self.send_error(HTTPStatus.FORBIDDEN)
            return True
        if not self.translate_path(self.path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return True
        return False

    def _list(self) -> None:
        links = "".join(
            f'<li><a href="{quote(name)}">{html.escape(name)}</a></li>' for name in self._reports()
        )
        content = PAGE.format(links=links).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reports(self) -> list[str]:
        found = [*self.folder.glob("cohorts/*/report/report.html"), *self.folder.glob("*/*.html")]
        return sorted(path.relative_to(self.folder).as_posix() for path in found)
