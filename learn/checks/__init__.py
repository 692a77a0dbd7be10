"""For graders: what they are written with. Graders, and the rooms above, may import it.

A grader is a plain pytest file whose tests take one or both of these fixtures:

- `api`: an `Api`, an HTTP client on the `app` of the learner's file. Its answers check themselves:
  `api.get("/models", limit=101).expect(422, "limit is at most 100")`.
- `exercise`: the learner's module itself, imported afresh for every test.
- `engine`: a SQLAlchemy engine on a new, empty database. It is SQLite, or with `--database postgres` a real PostgreSQL,
  where the exercise's notes say `databases = ["sqlite", "postgres"]`. `learn.checks.database.recorded` lists what it
  sends.

A function or a class of the learner's is called with `call`, and what comes of it checks itself in the same way:
`call(exercise.Model, name="").expect_refused("name", "a name is not empty")`.

What neither checks by itself, a test checks with `require(called=…, got=…, expected=…)`, so that every failure
can say what was called, what came back and what was expected.
"""

from learn.checks.api import Answer, Api
from learn.checks.call import Outcome, call
from learn.checks.mismatch import Mismatch, require, require_no_warning, show

__all__ = ["Answer", "Api", "Mismatch", "Outcome", "call", "require", "require_no_warning", "show"]
