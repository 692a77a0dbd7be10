"""For readers: builds the site with its notebooks and pictures. The door and upkeep may import it.

| module | |
|---|---|
| `build` | the whole site |
| `exercises`, `notebooks` | what its pages show of exercises and notebooks |
| `figures`, `promises`, `measured` | the figures in the text: counts, limits, budgets, and what was measured |
| `programs`, `costs`, `bars` | programs on pages that measure, and pictures of what they found |
| `pictures` | the README's pictures |
"""
