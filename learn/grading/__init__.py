"""What a grader is written with.

A grader is a plain pytest file whose tests take one or both of these fixtures:

- `api`: an `Api`, an HTTP client on the `app` of the learner's file. Its answers check themselves:
  `api.get("/models", limit=101).expect(422, "limit is at most 100")`.
- `exercise`: the learner's module itself, imported afresh for every test.

What no answer can check by itself, a test checks with `require(called=…, got=…, expected=…)`, so that every failure
can say what was called, what came back and what was expected.
"""

from learn.grading.api import Answer, Api
from learn.grading.mismatch import Mismatch, require, show

__all__ = ["Answer", "Api", "Mismatch", "require", "show"]
