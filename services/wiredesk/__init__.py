"""The wire desk: the services (ingest, extractor, enrichment), the runtime under them, the broker and the command."""
