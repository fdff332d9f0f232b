"""Linkage: who on the voter file a line of a petition is about.

Knows names, addresses, keys and comparisons; knows neither law nor files. Sources: the postal addressing standards
of the United States Postal Service (Publication 28) and the literature named in each module.
"""
