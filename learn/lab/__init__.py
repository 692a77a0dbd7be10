"""What apps, pages, notebooks and graders import: a model, finished parts of Lantern, SQL shown, a large log."""
