"""For readers: builds the site with its notebooks and pictures. The door and upkeep may import it."""
