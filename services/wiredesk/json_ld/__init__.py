"""JSON-LD as pages have it, for every service that reads it.

scripts       scripts to their objects, with the names of schema.org alone
lenient_json  JSON with the faults of templates and people
"""
