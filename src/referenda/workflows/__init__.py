"""The deeds of the house, one file each."""
