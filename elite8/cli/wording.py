"""The words of posts as a file: `schedule export --strings`, and what `apply` makes of it."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.cli.deciding import POST_ID

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from elite8.core.studio import Studio


def export(studio: "Studio", first: "date", days: int, out: "Path | None") -> None:
    """Write the words of the waiting posts to a file, or to the terminal."""
    from elite8.core.operations import plan_file, strings

    file = strings.export(studio, first, days)
    text = strings.written(file)
    if out is None:
        output.write(text.rstrip("\n"))
        return
    plan_file.save(out, text)
    said = ", ".join(strings.languages(file)) or "no language"
    output.say(f"{len(file.strings)} texts in {said} are in {out}; fill in 'text', then apply it")


def takes(studio: "Studio", path: "Path", *, dry_run: bool, as_json: bool) -> bool:
    """Apply a file of strings, or only say what it would change; `False` when it is another."""
    from elite8.core.operations import strings

    if not strings.is_one(path):
        return False
    file = strings.read(path)
    found = strings.diff(studio, file) if dry_run else strings.apply(studio, file)
    rows = [
        (one.post[:POST_ID], one.region, one.language, one.what, one.after.split("\n")[0])
        for one in found
    ]
    output.answer(
        f"schedule {'diff' if dry_run else 'apply'}",
        found,
        as_json=as_json,
        table=lambda: (
            output.table(("post", "region", "language", "what", "begins"), rows)
            if rows
            else "the words are as the file says"
        ),
    )
    return True
