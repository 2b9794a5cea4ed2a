"""How the models of enrichment are made."""
