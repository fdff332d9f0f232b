"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import referenda

MODULES = [
    module.name for module in pkgutil.walk_packages(referenda.__path__, "referenda.") if "__main__" not in module.name
]


def test_every_example_of_a_docstring_gives_what_it_says() -> None:
    results = {name: doctest.testmod(importlib.import_module(name)) for name in MODULES}
    assert {name: result.failed for name, result in results.items() if result.failed} == {}
    assert sum(result.attempted for result in results.values()) >= 15
