"""The built site is whole: its links lead somewhere, it asks nothing of other servers, and both builders build it."""

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from rich.console import Console

from learn.course.catalogue import exercises, lessons
from learn.course.files import ROOT
from learn.course.pristine import pristine_copy
from learn.pages.build import SITE, build_site

LOADED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "link": "href",
    "source": "src",
    "video": "src",
    "audio": "src",
}


class Page(HTMLParser):
    """The links, loaded addresses and ids of an HTML page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if LOADED.get(tag) in attributes and attributes.get("rel") != "canonical":
            self.loaded.append(attributes[LOADED[tag]])


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    build_site(Console(quiet=True))
    found = {file: Page(file) for file in SITE.rglob("*.html")}
    assert len(found) > len(lessons())
    return found


def target(page: Path, address: str) -> Path:
    """The file that `address`, on `page`, leads to."""
    path = unquote(urlsplit(address).path)
    base = SITE if path.startswith("/") else page.parent
    file = (base / path.lstrip("/")).resolve() if path else page
    return file / "index.html" if file.is_dir() else file


@pytest.mark.usefixtures("chosen")  # part of every run
def test_every_internal_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    checked, broken = 0, []
    for file, page in pages.items():
        if file.name == "404.html":  # its links are absolute, for a site at the root of its host
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            found = target(file, link)
            if not found.exists():
                broken.append(f"{file.relative_to(SITE)}: {link}")
            elif parts.fragment and found in pages and unquote(parts.fragment) not in pages[found].ids:
                broken.append(f"{file.relative_to(SITE)}: {link} has no such place")
    assert checked > 100
    assert not broken


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    loaded = [address for page in pages.values() for address in page.loaded]
    assert len(loaded) > len(pages)
    assert not [address for address in loaded if urlsplit(address).netloc]


@pytest.mark.usefixtures("chosen")  # part of every run
def test_every_exercise_has_its_place(pages: dict[Path, Page]) -> None:
    for exercise in exercises():
        page, _, anchor = exercise.page.partition("#")
        assert anchor in pages[SITE / page / "index.html"].ids


def test_the_successor_of_mkdocs_builds_it_too(tmp_path: Path) -> None:
    build_site(Console(quiet=True))
    home = pristine_copy(tmp_path)
    for name in ("site", "build/snippets"):
        shutil.copytree(ROOT / name, home / name)
    shutil.copy(ROOT / "mkdocs.yml", home)
    command = [sys.executable, "-m", "zensical", "build"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for lesson in lessons():
        page = home / "build" / "site" / "lessons" / lesson.slug / "index.html"
        assert f'id="{lesson.exercises[0].anchor}"' in page.read_text(encoding="utf-8")
