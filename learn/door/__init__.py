"""The command line: reads what was asked, and hands it to the room that knows. Nobody imports it but `__main__`."""
