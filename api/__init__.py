"""One blueprint per noun: reads the request, calls a report or a command, writes the answer."""
