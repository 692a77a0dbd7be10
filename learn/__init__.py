"""The course tool: set-up, grading, watching, and what the site is built from.

Start reading at `course.py` (what an exercise is), then `starters.py` (how the learner's file is derived
from the solution) and `grading/` (how a verdict is reached). Everything else presents those three.
"""
