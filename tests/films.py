"""The film that many tests begin with, laid into a state folder of their own."""

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
