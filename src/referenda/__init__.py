"""Referenda carries a citizens' measure from its first filing to a result that a stranger can check."""

__version__ = "0.1.0"
