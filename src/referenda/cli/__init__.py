"""The command line: parse, call a workflow, show the finding. Heavy imports stay inside the commands."""
