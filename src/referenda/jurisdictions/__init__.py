"""Law as data, no code: one folder of YAML files for each place, `us/ca` for California."""
