"""What the commands of forecasts leave behind: a page, pictures, and the forecast in the record of its case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from referenda.errors import Fault

if TYPE_CHECKING:
    from referenda.pages.forecast import ForecastPage


def picture_faults(pictures: Iterable[Path]) -> list[Fault]:
    """Say which pictures have a name of no kind that is drawn."""
    remedy = "Name it with .svg or .png at its end."
    return [
        Fault("this is no kind of picture", column="--picture", value=str(path), remedy=remedy)
        for path in pictures
        if path.suffix not in (".svg", ".png")
    ]


def write_page(make: Callable[[], ForecastPage], html: Path | None, pictures: Iterable[Path] = ()) -> str | None:
    """Write the page and the pictures that were asked for, each whole or not at all; give the SHA-256 of the page."""
    pictures = list(pictures)
    if html is None and not pictures:
        return None
    from hashlib import sha256

    from referenda.cli.whole_file import write_whole
    from referenda.pages.forecast import forecast_page

    page = make()
    content = forecast_page(page).encode()
    if html is not None:
        write_whole(html, content)
    figure = next(part.figure for part in page.parts if part.figure)
    for path in pictures:
        write_whole(path, figure.png() if path.suffix == ".png" else figure.svg().encode())
    return None if html is None else sha256(content).hexdigest()


def check_case(
    case: str, store: str | None, *, vote: str | None = None, inputs: Mapping[str, Any] | None = None
) -> None:
    """See that a forecast can be kept in a case before anything is drawn or written."""
    from referenda.assembly import open_store
    from referenda.workflows.keep_forecast import require_kept_case

    with closing(open_store(store, make=False)) as opened:
        require_kept_case(opened, case, vote=vote, inputs=inputs)


def keep(forecast: Mapping[str, Any], case: str, store: str | None, by: str) -> dict[str, Any]:
    """Keep a forecast in the record of a case, as `keep_forecast` takes it, and say where it stands."""
    from referenda.assembly import open_store
    from referenda.workflows.keep_forecast import keep_forecast

    with closing(open_store(store, make=False)) as opened:
        event = keep_forecast(opened, case, forecast, by=by, on=date.today())
    return {"case": case, "position": event.position}
