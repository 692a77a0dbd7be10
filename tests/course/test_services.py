"""The site and JupyterLab start, answer, and are gone with whoever started them."""

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
import websocket

from learn.course.files import ROOT
from learn.setup.services import ServiceError, Services, free_port
from learn.setup.site_server import HOST

pytestmark = pytest.mark.reads("learn/setup/")

ENDINGS: list[int] = [
    getattr(signal, name) for name in (["SIGINT", "SIGTERM", "SIGHUP"] if os.name == "posix" else ["CTRL_BREAK_EVENT"])
]
PROGRAM = """
import sys
from contextlib import suppress
from pathlib import Path
from learn.setup.services import Services, free_port, wait_until_interrupted

with suppress(KeyboardInterrupt), Services() as services:  # which may come before the waiting begins
    print(services.serve_site(Path(sys.argv[1]), free_port(8600)), flush=True)
    if "jupyter" in sys.argv:
        print(services.start_jupyter(Path(sys.argv[1])), flush=True)
    if "fail" in sys.argv:
        raise RuntimeError("as any program may")
    wait_until_interrupted()
print("ended in order")
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "lessons").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<h1>Lantern</h1>", encoding="utf-8")
    (folder / "404.html").write_text("<h1>No such page</h1>", encoding="utf-8")
    (folder / "lessons" / "index.html").write_text("<h1>Lessons</h1>", encoding="utf-8")
    for name in ("worker.mjs", "app.js", "pyodide.wasm", "index.json", "style.css"):
        (folder / "assets" / name).write_text("", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def connection(site: Path) -> Iterator[http.client.HTTPConnection]:
    """A connection to the site's server."""
    port = free_port(8700)
    with Services() as services:
        assert services.serve_site(site, port) == f"http://{HOST}:{port}/"
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        yield connection
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str, method: str = "GET") -> tuple[int, str, str]:
    """Status, media type and body of the answer."""
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, str(answer.getheader("Content-Type")), answer.read().decode()


def test_a_port_in_use_is_passed_over() -> None:
    with socket.create_server((HOST, 0)) as busy:
        port = busy.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_pages_are_served_on_one_connection(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/") == (200, "text/html; charset=utf-8", "<h1>Lantern</h1>")
    first = connection.sock
    assert ask(connection, "/lessons/?from=home") == (200, "text/html; charset=utf-8", "<h1>Lessons</h1>")
    assert ask(connection, "/missing/") == (404, "text/html; charset=utf-8", "<h1>No such page</h1>")
    assert ask(connection, "/missing/", "HEAD") == (404, "text/html; charset=utf-8", "")
    assert connection.sock is first


def test_text_is_compressed_for_whoever_asks(connection: http.client.HTTPConnection, site: Path) -> None:
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.read()) == (site / "index.html").read_bytes()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("worker.mjs", "text/javascript; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("pyodide.wasm", "application/wasm"),
        ("index.json", "application/json"),
        ("style.css", "text/css; charset=utf-8"),
    ],
)
def test_browsers_get_the_media_types_they_insist_on(
    connection: http.client.HTTPConnection, name: str, media_type: str
) -> None:
    assert ask(connection, f"/assets/{name}") == (200, media_type, "")


@pytest.mark.parametrize("path", ["/assets/", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_folders_are_not_listed_nor_left(connection: http.client.HTTPConnection, path: str) -> None:
    status, _, body = ask(connection, path)
    assert (status, body) == (404, "<h1>No such page</h1>")


def test_a_busy_port_is_refused(site: Path) -> None:
    with socket.create_server((HOST, 0)) as busy, Services() as services:
        port = busy.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} is in use"):
            services.serve_site(site, port)


def test_the_server_by_itself_names_a_busy_port(site: Path) -> None:
    with socket.create_server((HOST, 0)) as busy:
        command = [sys.executable, "-m", "learn.setup.site_server", str(site), str(busy.getsockname()[1])]
        server = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert server.returncode == 1
    assert server.stderr.startswith(f"Port {command[-1]} cannot be used: ")
    assert len(server.stderr.splitlines()) == 1


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with Services() as services, pytest.raises(ServiceError, match="no built site"):
        services.serve_site(tmp_path, free_port(8700))


def test_a_service_that_fails_is_quoted(tmp_path: Path) -> None:
    with Services() as services, pytest.raises(ServiceError, match="No such directory") as failure:
        services.start_jupyter(tmp_path / "missing")
    assert "did not start" in str(failure.value)
    assert "jupyter.log" in str(failure.value)


class Program:
    """A program that starts services, as the course tool does."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def read_address(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def children(self) -> list[psutil.Process]:
        children: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return children

    def end(self) -> tuple[int, str, str]:
        stdout, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, stdout.strip(), stderr.strip()


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run. One that nobody has waited for yet is dead, too."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_ends_everything_in_order(site: Path, number: int) -> None:
    program = Program(str(site))
    assert program.read_address().startswith(f"http://{HOST}:")
    children = program.children()
    assert children
    program.process.send_signal(number)
    assert program.end() == (0, "ended in order", "")
    assert alive(children) == []


def test_impatience_leaves_nothing_behind(site: Path) -> None:
    program = Program(str(site))
    program.read_address()
    children = program.children()
    for _ in range(20):
        if program.process.poll() is None:
            program.process.send_signal(ENDINGS[0])
    program.end()
    assert children
    assert alive(children) == []


def test_an_exception_ends_everything(site: Path) -> None:
    program = Program(str(site), "fail")
    address = program.read_address()
    status, _, stderr = program.end()
    assert status == 1
    assert stderr.endswith("RuntimeError: as any program may")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)


def test_jupyter_runs_code_and_goes_with_all_that_was_started_in_it(site: Path) -> None:
    program = Program(str(site), "jupyter")
    program.read_address()
    address, _, token = program.read_address().partition("/lab?token=")
    with urllib.request.urlopen(f"{address}/lab?token={token}", timeout=10) as page:
        assert "<title>JupyterLab</title>" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=10)

    request = urllib.request.Request(f"{address}/api/kernels?token={token}", b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        kernel = json.load(answer)["id"]
    code = (
        "import subprocess, sys, learn, ipykernel.connect\n"
        "server = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "print(learn.__name__, server.pid, ipykernel.connect.get_connection_info(unpack=True)['transport'])"
    )
    name, pid, transport = run_in_kernel(
        f"{address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={token}", code
    )
    assert name == "learn"
    assert transport == ("tcp" if os.name == "nt" else "ipc")

    children = program.children()
    assert int(pid) in [child.pid for child in children]
    program.process.send_signal(ENDINGS[0])
    assert program.end() == (0, "ended in order", "")
    assert alive(children) == []


def run_in_kernel(address: str, code: str) -> list[str]:
    """The words that `code` prints."""
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "1", "username": "", "version": "5.3"}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": {"code": code}, "channel": "shell"}
    channel = websocket.create_connection(address, timeout=20)
    channel.send(json.dumps(message))
    while True:
        answer = json.loads(channel.recv())
        assert answer["msg_type"] != "error", answer["content"]
        if answer["msg_type"] == "stream":
            channel.close()
            words: list[str] = answer["content"]["text"].split()
            return words
