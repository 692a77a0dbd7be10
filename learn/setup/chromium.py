"""Finds a Chromium on this machine: the pages are tried, pictured and measured in it."""

import shutil

CHROMIUM = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
]


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, if it has one."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)
