"""For maintainers: proves and measures the course, and changes what it is made of. Only the door may import it.

| module | |
|---|---|
| `self_check` | builds the site and runs the tests of the course: all, one lesson, or what a change can affect |
| `inputs` | the rule by which a change affects a test; `scope` leaves out the others, `proof` knows what has changed |
| `report` | how far the self-check is, and what each part of it cost |
| `authoring` | adds, removes and renumbers exercises |
| `mutation`, `benchmark`, `class_benchmark` | measure graders and speed |
| `tricks` | hand-ins that try to pass without a solution |
| `lock`, `train_digits` | lock the versions; train the model |
"""
