"""Forecasts: whether a petition will qualify, how many signatures that takes, and how a vote may end."""
