"""For the machine: makes the environment, starts servers, finds a browser. Pages and the rooms above may import it."""
