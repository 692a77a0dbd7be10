"""What Lighthouse thinks of the home page and of a lesson, on a phone and on a desk."""

import json
import os
import subprocess

from learn.browser.build import BrowserBuildError, fetch_node_packages, find_node
from learn.course.files import ROOT
from learn.pages.build import SITE
from learn.pages.measured import Figures
from learn.pages.promises import CATEGORIES
from learn.setup.chromium import find_chromium
from learn.setup.services import Services, free_port
from learn.upkeep.benchmark.trouble import CannotMeasure

LIGHTHOUSE = ROOT / "learn" / "browser" / "lighthouse"  # its package-lock.json; nothing else of the course needs it
ROUNDS = 3


def measure_with_lighthouse() -> Figures:
    """By page and screen: the scores, from 0 to 100, of the site as it is built.

    Raises:
        CannotMeasure: there is no browser, or Lighthouse cannot be had.
    """
    chromium = find_chromium()
    if chromium is None:
        raise CannotMeasure("Lighthouse is not run: there is no Chromium.")
    try:
        program = fetch_node_packages(LIGHTHOUSE, "Fetching Lighthouse") / "node_modules/lighthouse/cli/index.js"
        command = [*find_node(), str(program)]
    except BrowserBuildError as error:
        raise CannotMeasure(f"Lighthouse is not run: {error}") from None
    found = {}
    with Services() as services:
        address = services.serve_site(SITE, free_port(8650))
        for name, page in {"home": "", "lesson 02": "lessons/02_parameters/"}.items():
            for screen, options in {"phone": [], "desk": ["--preset=desktop"]}.items():
                runs = [_lighthouse(command, chromium, address + page, *options) for _ in range(ROUNDS)]
                # noise only ever lowers them
                found[f"{name}, {screen}"] = {key: max(run[key] for run in runs) for key in CATEGORIES}
    return found


def _lighthouse(command: list[str], chromium: str, address: str, *options: str) -> dict[str, float]:
    """The scores of one run, from 0 to 100."""
    flags = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    flags += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(
        [*command, address, *flags, *options], env=environment, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)["categories"]
    return {name: 100 * found[name]["score"] for name in CATEGORIES}
