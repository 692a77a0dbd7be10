"""The course tool, in rooms by whom they serve. Each room uses the rooms below it, never one above.

| room | serves |
|---|---|
| `door` | whoever types `python -m learn …`: reads what was asked, and hands it on |
| `upkeep` | maintainers: the self-check, measurements, new exercises, the lock of the versions |
| `pages` | readers: builds the site, runs the notebooks, makes the pictures |
| `setup` | the machine: the environment, servers, a browser |
| `desk` | learners at work: watch mode, the notebook's magic, verdicts on the screen, progress |
| `browser` | readers who run exercises in the page: builds what runs there |
| `grading` | the verdict: runs the graders, each exercise apart, and words what went wrong |
| `checks` | graders: what they are written with |
| `course` | all of these: which lessons and exercises there are, and what is derived from their sources |
| `lab` | pages and learners: what their programs import |

`lint-imports`, by its settings in `pyproject.toml`, holds the direction; the self-check runs it.
"""
