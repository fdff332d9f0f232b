"""Stores of events, one per kind of database; only `assembly` picks one."""
