"""The rule engine: the rule language, law documents, values through time, clocks, and a vote decided under a rule."""
