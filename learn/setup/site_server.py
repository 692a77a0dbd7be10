"""Serves the built site: `python -m learn.setup.site_server DIR PORT`."""

import contextlib
import gzip
import io
import os
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import BinaryIO

HOST = "127.0.0.1"  # nobody else on the network can reach what runs here
COMPRESSED = ("text/", "image/svg+xml", "application/json")


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves a built site, quietly, and the same on every system."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".map": "application/json",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        ".xml": "application/xml",
        ".txt": "text/plain; charset=utf-8",
    }

    def end_headers(self) -> None:
        """Have browsers ask whether a page has changed: it does, at the next build."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer with text compressed, as web hosts do: a third of the bytes."""
        path = Path(self.translate_path(self.path))
        file = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        kind = self.guess_type(file.name)
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepted and file.is_file() and kind.startswith(COMPRESSED)):
            return super().send_head()
        content = gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(content)

    def list_directory(self, path: str | os.PathLike[str]) -> None:  # noqa: ARG002
        """Answer that a folder without a page does not exist."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page for what is missing."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send a file, for as long as the reader is there."""
        with contextlib.suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class SiteServer(ThreadingTCPServer):
    """Answers as many requests at a time as a browser sends."""

    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = os.name != "nt"  # where it would let two servers take the same port


def main() -> None:
    """Serve the folder and at the port that the command line names, until ended."""
    directory, port = sys.argv[1:]
    try:
        server = SiteServer((HOST, int(port)), partial(SiteHandler, directory=directory))
    except OSError as error:
        sys.exit(f"Port {port} cannot be used: {error.strerror}.")
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
