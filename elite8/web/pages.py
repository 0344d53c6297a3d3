"""The pages: records into HTML, each part with a hash by which a browser knows what is new."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from elite8 import __version__
from elite8.core.operations import words
from elite8.core.operations.board import Board
from elite8.web.kept import Seen
from elite8.web.view import View

HERE = Path(__file__).parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PARTS = ("asof", "verdict", "alerts", "figures")
"""What stands above the columns; then each column's own."""
COLUMNS = (("today",), ("reach", "performers"), ("queue", "credits", "health"))


@dataclass(frozen=True, slots=True)
class File:
    """One of our own files."""

    data: bytes
    kind: str

    @property
    def version(self) -> str:
        """What stands in its address, so that a changed file is another."""
        return hashlib.sha256(self.data).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks: what they may do, and what their forms bring along."""

    may_act: bool
    signed_in: bool
    form: str


STATIC = {
    path.name: File(path.read_bytes(), KINDS[path.suffix])
    for path in sorted((HERE / "static").iterdir())
    if path.suffix in KINDS
}


@cache
def templates() -> Environment:
    """Return the templates; what is put into them is escaped, what is missing is a fault."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    found.filters |= {"number": words.number, "lang": words.language, "sign": words.SIGNS.__getitem__}
    found.globals |= {
        "version": __version__,
        "asset": lambda name: f"/static/{name}?v={STATIC[name].version}",
        "share": words.share,
        "amount": words.amount,
        "network": lambda name: words.NETWORKS.get(name, name),
        "machine": words.MACHINE,
    }
    return found


def whole(seen: Seen[Board], visit: Visit) -> HTMLResponse:
    """Return the page."""
    facts = {"columns": COLUMNS, "above": PARTS, "parts": parts(seen, visit), "visit": visit}
    view = View(seen.value, seen.trouble)
    return HTMLResponse(templates().get_template("page.html").render(view=view, **facts))


def part(seen: Seen[Board], visit: Visit) -> HTMLResponse:
    """Return what changes on the page."""
    return HTMLResponse("\n".join(parts(seen, visit).values()))


def parts(seen: Seen[Board], visit: Visit) -> dict[str, str]:
    """Return the HTML of each part by its name."""
    view = View(seen.value, seen.trouble)
    return {
        name: hashed(name, templates().get_template(f"parts/{name}.html").render(
            view=view, board=seen.value, visit=visit
        ))
        for name in (*PARTS, *(name for column in COLUMNS for name in column))
    }


def hashed(name: str, inner: str) -> str:
    """Return a part in its section."""
    known = hashlib.sha256(inner.encode()).hexdigest()[:12]
    return f'<section id="{name}" data-part="{known}" aria-labelledby="{name}-h">\n{inner}</section>'


def door(words_: str, status: int = 200) -> HTMLResponse:
    """Return the sign-in page, with what was wrong."""
    page = templates().get_template("sign_in.html")
    return HTMLResponse(page.render(wrong=words_), status)


def trouble(why: str) -> HTMLResponse:
    """Return the page that says that nothing can be shown."""
    return HTMLResponse(templates().get_template("trouble.html").render(why=why), 503)
