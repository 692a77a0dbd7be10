"""The command line: reads what was asked, and hands it to the room that knows. Nobody imports it but `__main__`.

| module | its commands |
|---|---|
| `cli`, `asked` | the command line as a whole; what every command has in common |
| `check`, `hand_ins`, `reports` | grade one's own files, or what a class handed in |
| `work`, `update` | watch, hint, solution, status, reset, export, import; update |
| `start`, `serve` | all of it at once, and run, site, notebook; `start` chooses the ports |
| `maintain`, `author` | build, test, benchmark, mutation, lock; add, move, remove |
"""
