"""Exercises in the pages of the site: the build, and the sources of what it builds."""
