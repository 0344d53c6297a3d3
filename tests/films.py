"""The film that many tests begin with, laid into a state folder of their own; small ones."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path


def lay(filmed: Path, state: Path) -> None:
    """Copy the state folder `filmed` to `state`; its rows name the copy's files, not the shared."""
    shutil.copytree(filmed, state, dirs_exist_ok=True)
    moved = (str(filmed), str(state))
    with closing(sqlite3.connect(state / "elite8.db")) as rows, rows:
        rows.execute(
            "UPDATE video SET path = replace(path, ?, ?), cover = replace(cover, ?, ?)",
            moved + moved,
        )


SMALL = """#!/bin/bash
given=("${@//1080:1920/270:480}")
given=("${given[@]/#ass=/scale=270:480,ass=}")
exec "%s" "${given[@]/superfast/ultrafast}"
"""
"""Encoding takes most of a film's time, and most tests never look at the picture."""


def small(folder: Path) -> Path:
    """Return an FFmpeg that films in a sixteenth of the size; all else of it is as it is."""
    from elite8.core.production import ffmpeg

    program = folder / "small-ffmpeg"
    program.write_text(SMALL % ffmpeg.executable(), encoding="utf-8")
    program.chmod(0o700)
    return program
