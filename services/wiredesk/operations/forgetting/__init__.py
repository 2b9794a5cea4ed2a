"""Forgetting pages and hosts: off the disk within a month, and never back.

keys        the keys of `wiredesk.forgotten`
entries     its entries: what is to be forgotten, since when, and why
suppressor  what a stage publishes in place of a forgotten page
search      find the records of a page or a host in every topic
suffixes    hosts under which others have their names
lifetimes   by when a record is off the disk
forget      write the entries and the tombstones, or take entries back
exports     dead letters in exported files
"""
