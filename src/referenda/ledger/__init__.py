"""The record of a case: canonical events in a hash tree, signed checkpoints, and the log that keeps them."""
