"""The log: what a store of events must do, whichever database it keeps them in.

One case is one log. It only ever grows, at its end; several writers at once lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from referenda.ledger.event import Draft, Event


class EventStore(Protocol):
    """A store of cases. A case that nobody has written to is an empty log, not an error."""

    def append(self, case: str, drafts: Sequence[Draft], *, expected_size: int | None = None) -> list[Event]:
        """Add events at the end of a case, all or none; when this returns, they are on the disk.

        Parameters
        ----------
        case
            The case's name; a new one begins with its first event.
        drafts
            What is to be recorded, in order. All get one instant, which never lies before that of the event before.
        expected_size
            The size of the case that the deed was checked against; None appends to whatever is there.

        Raises
        ------
        RecordError
            The case has another size than expected (somebody else wrote first), or a draft holds what a record
            cannot; with every fault of every draft.
        EngineError
            The database failed. Nothing was written, unless the connection to a server broke in the very moment of
            the commit: then `size` tells, and a repetition with `expected_size` does no harm.
        """
        ...

    def read(self, case: str, start: int = 0) -> Iterator[Event]:
        """Read the events of a case from position `start`, as many as there are now, in batches.

        Raises
        ------
        RecordError
            A stored event is not what it was when it was appended.
        """
        ...

    def size(self, case: str) -> int:
        """Count the events of a case."""
        ...

    def root(self, case: str) -> bytes:
        """Give the root of the hash tree over all events of a case, 32 bytes."""
        ...

    def verify(self, case: str) -> int:
        """Read every event of a case again, hash it again, build the tree again, and give the number of events.

        Raises
        ------
        RecordError
            The first event that disagrees with its leaf, its position or its instant, or a root that disagrees.
        """
        ...

    def cases(self) -> list[str]:
        """List the names of all cases, in order."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
