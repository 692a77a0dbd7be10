"""What the programs of pages, notebooks and graders import: SQL shown, a large log. Anybody may import it."""
