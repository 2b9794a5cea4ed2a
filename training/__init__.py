"""Training of the models that ship: run by people who change a model, never by a service."""
