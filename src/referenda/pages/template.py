"""A page of HTML from its template: every value is escaped, and a name that has no value is an error."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(template: str, **values: Any) -> str:
    """Fill a template of this package, such as `forecast.html.j2`; what is no `Markup` is taken as plain text."""
    environment = Environment(
        loader=PackageLoader("referenda.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values)


def report_style() -> Markup:
    """Give the style sheet that reports and forecasts share, to stand inside the page."""
    return Markup(files("referenda.pages").joinpath("templates", "report.css").read_text("utf-8"))
