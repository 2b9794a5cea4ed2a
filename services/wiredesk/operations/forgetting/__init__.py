"""Forgetting pages and hosts: off the disk within a month, and never back.

keys        the keys of `wiredesk.forgotten`
suppressor  what a stage publishes in place of a forgotten page
"""
