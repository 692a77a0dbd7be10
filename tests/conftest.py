"""Loads the course's grading plugin; `learn/checks/__init__.py` documents what graders are written with."""

pytest_plugins = ["learn.grading.plugin"]
