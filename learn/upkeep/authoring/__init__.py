"""Makes, removes and renumbers exercises, and begins lessons; what it writes passes the self-check at once.

| module | what it knows |
|---|---|
| `exercises` | add, remove and move an exercise: what a maintainer asks for |
| `lessons` | where a new lesson has to be entered |
| `renumber` | how an exercise gets another number, everywhere |
| `references` | how a text names an exercise |
| `parts` | how a page and a notebook are cut into parts, one exercise in each |
| `changes` | what was done, and how files are written, renamed and taken away without losing anything |
| `templates/` | what a new exercise and a new lesson begin with: real files, which the self-check looks at too |
"""
