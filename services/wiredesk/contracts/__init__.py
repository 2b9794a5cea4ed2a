"""The contracts with other programs, as files that are generated from the models and the stages.

json_schema    the JSON Schema of an event
asyncapi       the AsyncAPI document of all topics
compatibility  which changes of a schema break its users
generation     the files, and whether those in a folder are up to date
registration   registers the schemas at a schema registry
"""
