"""For maintainers: proves and measures the course, and changes what it is made of. Only the door may import it."""
