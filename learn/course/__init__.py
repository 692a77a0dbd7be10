"""What the course consists of, and what is derived from it. Every room but the lab may import it."""
