"""Invented places: voters and petitions with their truth, for tests, demonstrations and users."""
