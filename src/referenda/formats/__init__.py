"""One reader or writer per kind of file, with declared columns."""
