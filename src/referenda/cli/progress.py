"""How far a long deed is and how long it will still take, on a terminal, once it has gone on for a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class Share:
    """The share of a deed that is done, of stages in their order of which each has its share of the time.

    Parameters
    ----------
    stages
        The share of the time that each stage takes; they need not add up to 1.
    """

    def __init__(self, stages: Mapping[str, float]) -> None:
        self._before: dict[str, tuple[float, float]] = {}
        total = 0.0
        for name, share in stages.items():
            self._before[name] = (total, share)
            total += share
        self._total = total or 1.0
        self.done = 0.0

    def at(self, stage: str, share: float) -> float:
        """Give the share of the whole, which never falls, when a share of a stage is done."""
        before, own = self._before.get(stage, (self.done * self._total, 0.0))
        self.done = max(self.done, min((before + own * min(share, 1.0)) / self._total, 1.0))
        return self.done


@contextmanager
def stages_shown(stages: Mapping[str, float]) -> Iterator[Callable[[str, float], None]]:
    """Show on a terminal's stderr the stage, the share of the whole that is done and the time left.

    Gives what is to be called with a stage and the share of it that is done; where stderr is a file it says nothing.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield lambda stage, share: None
        return
    whole, start = Share(stages), time.monotonic()
    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    bar = Progress(*columns, console=screen, transient=True)
    task = bar.add_task("", total=1.0)
    shown = False

    def tell(stage: str, share: float) -> None:
        nonlocal shown
        done, gone = whole.at(stage, share), time.monotonic() - start
        left = f", about {_time(gone / done - gone)} left" if done > 0.02 else ""
        bar.update(task, completed=done, description=f"{stage}{left}")
        if gone > 1 and not shown:
            shown = True
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()


def _time(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
