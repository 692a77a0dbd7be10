"""For the verdict: runs graders, each exercise apart, and words what went wrong. The rooms above may import it.

| module | |
|---|---|
| `run`, `warm` | grade exercises once, or again and again in a process that has everything imported |
| `plugin`, `asked` | what makes pytest a grader: fixtures and options |
| `runner` | has each exercise run apart, and decides what became of each test: passed, a timeout, not run |
| `isolation`, `inside`, `watchdog` | the process apart; what happens in it; the clock that ends a test in it |
| `account`, `intact`, `landlock`, `observed` | believe nothing of what a learner's process says without proof |
| `loading` | imports the learner's file |
| `processes`, `kept` | bound what a learner's code may do to the machine and to the course's files |
| `reading`, `words` | read a file from outside, and make its name fit to be shown |
| `explain` | words what a learner reads of a failure |
| `verdict`, `gradebook`, `reports` | what comes of it, and how it is kept |
| `handed_in`, `entry`, `formats` | a class: what was handed in, and its results as JSON, JUnit XML, CSV … |
"""
