"""What the commands do, as functions that need no terminal: they take settings and return dataclasses."""
