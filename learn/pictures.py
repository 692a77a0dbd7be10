"""Makes the README's pictures from the real thing: `python -m learn.pictures`, in the maintainers' environment."""

import io
import os
import re
import sys
import tempfile
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from learn.build import SITE, build_site
from learn.course import ROOT, select
from learn.maintenance import find_chromium
from learn.notebooks import pristine_copy
from learn.services import Services, free_port

PICTURES = ROOT / "site" / "assets" / "pictures"
COLUMNS, ROWS = 96, 30
CLEAR = "\x1b[2J"


def watch_mode() -> str:
    """Watch mode after a save that is half right, as SVG."""
    [exercise] = select("2.3")
    with tempfile.TemporaryDirectory(prefix="learn-") as folder:
        home = pristine_copy(Path(folder))
        environment = os.environ | {"LEARN_SETUP": "off", "PYTHONPATH": str(home), "TERM": "xterm-256color"}
        environment |= {"COLUMNS": str(COLUMNS), "LINES": str(ROWS), "COLORTERM": "truecolor"}
        environment.pop("NO_COLOR", None)
        terminal = pexpect.spawn(
            sys.executable,
            ["-m", "learn", "watch", exercise.number],
            cwd=home,
            env=environment,
            encoding="utf-8",
            dimensions=(ROWS, COLUMNS),
            timeout=60,
        )
        terminal.expect("q quit")
        half_right = exercise.solution.replace("ge=1, le=100", "ge=1")
        assert half_right != exercise.solution
        (home / "lessons" / exercise.lesson.slug / exercise.file.name).write_text(half_right, encoding="utf-8")
        terminal.expect("failed.*q quit")
        screen = (terminal.before + terminal.after).rpartition(CLEAR)[2].replace("\x1b[H", "").replace("\r\n", "\n")
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen))
    svg = console.export_svg(title="python3 -m learn", unique_id="watch")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # which would be fetched from elsewhere


def lesson_page(address: str) -> bytes:
    """An exercise on a lesson's page, as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}lessons/02_parameters/#exercise-2-3", wait_until="networkidle")
        page.wait_for_timeout(500)
        return page.screenshot()


def main() -> None:
    """Write both pictures."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "watch.svg").write_text(watch_mode(), encoding="utf-8")
    build_site(Console())
    with Services() as services:
        (PICTURES / "lesson.png").write_bytes(lesson_page(services.serve_site(SITE, free_port(8280))))


if __name__ == "__main__":
    main()
