"""For learners at work: watch mode, the notebook, verdicts on the screen, progress. The rooms above may import it.

| module | |
|---|---|
| `watch` | grades at each save, and obeys single keys |
| `magic` | `%%exercise` in notebooks |
| `render` | verdicts, hints and tables on a terminal |
| `progress`, `backup` | what was reached, in `.learn/progress.json`; copies of what is replaced |
| `transfer`, `regrade` | work from and for the browser; what comes from elsewhere is graded |
"""
