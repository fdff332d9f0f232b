"""Files are written whole or not at all, and nothing that is no file is put aside."""

import os
import threading
from pathlib import Path

import pytest

from referenda.cli.whole_file import write_whole


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"of yesterday")
    write_whole(page, b"of today")
    assert page.read_bytes() == b"of today"
    assert list(tmp_path.iterdir()) == [page]


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"page")
    reader.join(10)
    assert read == [b"page"]
    assert pipe.is_fifo()


def test_a_link_goes_on_leading_to_its_file(tmp_path: Path) -> None:
    page, link = tmp_path / "page.html", tmp_path / "latest.html"
    page.write_bytes(b"of yesterday")
    link.symlink_to(page)
    write_whole(link, b"of today")
    assert link.is_symlink()
    assert page.read_bytes() == b"of today"


def test_what_cannot_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    for place in (tmp_path / "no" / "page.html", tmp_path):
        with pytest.raises(OSError) as refused:
            write_whole(place, b"page")
        assert str(refused.value.filename) == str(place)
