"""For the verdict: runs graders, each exercise apart, and words what went wrong. The rooms above may import it."""
