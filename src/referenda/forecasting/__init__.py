"""Forecasts: how many signatures will come, how many of them count, what the law makes of them, how a vote goes.

Knows pure numbers in float64 and Monte Carlo draws (axis 0 is the draw), handed a random generator; reads nothing but
its own table of past petitions. Knows law and statistics; knows neither files of others, nor cases, nor offices.
"""
