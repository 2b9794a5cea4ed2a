"""A deployment on this machine: the embedded broker."""
