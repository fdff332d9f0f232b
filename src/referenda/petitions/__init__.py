"""The life of a measure: kinds of event, the state they add up to, and whether a deed is in order."""
