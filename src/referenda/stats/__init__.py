"""Statistics: pure numbers in float64, arrays in and results out; no law, no files, no places.

`estimators` is the door: the unbiased estimate of valid distinct signatures with its interval. `pairs` and `melding`
hold the formulas beneath it. Why they are what they are stands in `docs/explanation/estimate.md`.
"""
