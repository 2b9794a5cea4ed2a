"""How the models that ship were made: run by whoever wants to change one, never by a service."""
