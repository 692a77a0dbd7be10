"""Builds the site, and what its pages need, from the sources. `learn/course/derived.py` writes what is committed.

- `build/snippets/`: what the site's pages include: a Markdown file for each exercise and each executed notebook, and
  all figures;
- `build/browser/`: what the exercises in the pages run with;
- `build/site/`: the site.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from learn.browser.build import BrowserBuildError, build_browser, licences, put_nothing_on_site, put_on_site
from learn.course.catalogue import Lesson, exercises, lessons
from learn.course.files import ROOT, digest_of, locked, write_whole
from learn.pages.bars import bars_drawn
from learn.pages.exercises import exercise_markdown
from learn.pages.figures import figures_markdown
from learn.pages.measured import known

SNIPPETS = ROOT / "build" / "snippets"
SITE = ROOT / "build" / "site"
NEXT_SITE = ROOT / "build" / "site.next"  # where it is built, while the one before is being served
STAMP = ROOT / "build" / "site.stamp"
NOT_YET = "This notebook is being run. Reload the page in a minute, or open it in JupyterLab.\n"


class BuildError(Exception):
    """The site could not be built; the message is what the builder printed."""


def build_site(console: Console) -> None:
    """Write what the pages include and build the site, unless it is up to date.

    Raises:
        BuildError: MkDocs or a notebook failed.
    """
    with _alone():
        state = _state_of_inputs()
        if _is_built(state):
            return
        with _spinner(console, "Running the notebooks and building the site"):
            trouble = build_programs()
            write_snippets(_executed_markdown)
            run_mkdocs(NEXT_SITE)
            put_programs_on_site(NEXT_SITE, there=not trouble)
            _replace_site()
        if trouble:
            console.print(trouble, style="yellow", markup=False)
            STAMP.unlink(missing_ok=True)  # the next build tries again
            return
        STAMP.write_text(state, encoding="utf-8")


def build_site_to_read(console: Console) -> bool:
    """Build the site in a few seconds, without what takes longer. Returns whether something is missing then.

    Raises:
        BuildError: MkDocs failed.
    """
    with _alone():
        if _is_built(_state_of_inputs()):
            return False
        with _spinner(console, "Building the site"):
            write_snippets(lambda _: NOT_YET)
            run_mkdocs(NEXT_SITE)
            put_programs_on_site(NEXT_SITE, there=False)
            _replace_site()
        STAMP.unlink(missing_ok=True)
        return True


def address(page: Path) -> str:
    """Where a Markdown file of `site/` is found on the built site, relative to its root."""
    return page.relative_to(ROOT / "site").as_posix().removesuffix("index.md").replace(".md", "/")


def _alone() -> AbstractContextManager[None]:
    """Two builds at once would write into each other."""
    return locked(ROOT / "build" / "site.lock", "The site is being built in another terminal: waiting for it …")


def _is_built(state: str) -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == state and (SITE / "index.html").exists()


@contextmanager
def _spinner(console: Console, doing: str) -> Iterator[None]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(doing, total=None)
        yield


def _replace_site() -> None:
    """Put the site just built in the place of the one being served."""
    old = SITE.with_name("site.old")
    shutil.rmtree(old, ignore_errors=True)
    if SITE.exists():
        SITE.rename(old)
    NEXT_SITE.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)


def _state_of_inputs() -> str:
    """A digest that changes whenever something changes that the site is built from."""
    return digest_of(
        ROOT / name for name in ("site", "notebooks", "solutions", "tests", "learn", "mkdocs.yml", "requirements.txt")
    )


def run_mkdocs(site: Path) -> None:
    """Build the site with MkDocs into the folder `site`; a warning is an error.

    Raises:
        BuildError: it failed.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"The site could not be built.\n{done.stdout}{done.stderr}".strip())


def build_programs() -> str:
    """Build what the exercises run with in the pages. Returns why that could not be had, or nothing."""
    try:
        build_browser()
    except (BrowserBuildError, OSError) as error:
        return f"The exercises do not run in the pages, which name the local command instead: {error}"
    return ""


def put_programs_on_site(site: Path, there: bool) -> None:
    """Bring them onto the built `site`; where they are not `there`, the pages do without."""
    put_on_site(site) if there else put_nothing_on_site(site)


def write_snippets(notebook: Callable[[Lesson], str]) -> None:
    """Write what the site's pages include; `notebook` gives a lesson's notebook as Markdown."""
    for exercise in exercises():
        _write(SNIPPETS / "exercises" / f"{exercise.number}.md", exercise_markdown(exercise))
    _write(SNIPPETS / "figures.md", figures_markdown())
    _write(SNIPPETS / "query_costs.svg", bars_drawn(known("queries").figures["bars"]))
    _write(SNIPPETS / "licences.md", licences() or "They are listed where the pages' programs are built.\n")
    with_notebook = [lesson for lesson in lessons() if lesson.notebook.exists()]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for lesson, markdown in zip(with_notebook, pool.map(notebook, with_notebook), strict=True):
            _write(SNIPPETS / "notebooks" / f"{lesson.slug}.md", markdown)


def _write(file: Path, text: str) -> None:
    write_whole(file, text.encode())  # a build may be ended at any time, and a notebook that was run is not run again


def _executed_markdown(lesson: Lesson) -> str:
    import nbformat

    from learn.pages.notebooks import as_markdown, executed

    return as_markdown(nbformat.read(executed(lesson), as_version=4))


if __name__ == "__main__":  # behind a start, which serves the site to read meanwhile
    if hasattr(os, "nice"):
        os.nice(10)
    build_site(Console())
