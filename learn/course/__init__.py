"""What the course consists of, and what is derived from it. Every room but the lab may import it.

| module | |
|---|---|
| `catalogue` | the lessons and exercises, and where their files are |
| `starters` | turns a reference solution into a starter |
| `derived`, `shipped` | write what is derived where learners work, and never over their work |
| `mistakes` | the wrong and right variants that graders are measured against |
| `pristine` | a copy of the course as on the first day |
| `files`, `inventory` | where the course lies, which files it has, and how one is written whole |
| `surroundings`, `words` | what a shell may not say to the course's Python; text that is fit to be shown |
"""
