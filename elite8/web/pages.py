"""The pages: records into HTML, each part with a hash by which a browser knows what is new."""

import hashlib
import secrets
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
COLUMNS = (("today", "queue"), ("reach", "performers"), ("credits", "proxy", "health"))


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
    """Who looks: whether they signed in, and what their forms bring along."""

    signed_in: bool
    form: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A board and its parts in HTML, the same for all who look but for what their forms bring."""

    board: Board
    may_act: bool
    parts: dict[str, str]


FORM = f"form-{secrets.token_hex(16)}"
"""Stands in the parts where each visitor's own is put; nobody can write it into a caption."""

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
    found.filters |= {
        "number": words.number,
        "lang": words.language,
        "sign": words.SIGNS.__getitem__,
    }
    found.globals |= {
        "version": __version__,
        "asset": lambda name: f"/static/{name}?v={STATIC[name].version}",
        "share": words.share,
        "amount": words.amount,
        "size": words.size,
        "network": lambda name: words.NETWORKS.get(name, name),
        "machine": words.MACHINE,
    }
    return found


def drawn(board: Board, *, may_act: bool) -> Picture:
    """Return a board as HTML, once for all who look."""
    names = (*PARTS, *(name for column in COLUMNS for name in column))
    view = View(board, "")
    return Picture(board, may_act, {name: section(name, view, may_act=may_act) for name in names})


def section(name: str, view: View, *, may_act: bool) -> str:
    """Return a part in its section, with the hash of what is in it."""
    facts = {"view": view, "board": view.board, "may_act": may_act, "form": FORM}
    inner = templates().get_template(f"parts/{name}.html").render(facts)
    known = hashlib.sha256(inner.encode()).hexdigest()[:12]
    if not inner.strip():  # there, so that it can appear, and out of sight
        return f'<section id="{name}" data-part="{known}" hidden></section>'
    return (
        f'<section id="{name}" data-part="{known}" aria-labelledby="{name}-h">\n{inner}</section>'
    )


def whole(seen: Seen[Picture], visit: Visit) -> HTMLResponse:
    """Return the page."""
    facts = {
        "view": View(seen.value.board, seen.trouble),
        "columns": COLUMNS,
        "above": PARTS,
        "parts": parts(seen, visit),
        "visit": visit,
        "may_act": seen.value.may_act,
    }
    return HTMLResponse(templates().get_template("page.html").render(facts))


def part(seen: Seen[Picture], visit: Visit) -> HTMLResponse:
    """Return what changes on the page."""
    return HTMLResponse("\n".join(parts(seen, visit).values()))


def parts(seen: Seen[Picture], visit: Visit) -> dict[str, str]:
    """Return the HTML of each part for a visitor; trouble stands beside when it was so."""
    found = {name: text.replace(FORM, visit.form) for name, text in seen.value.parts.items()}
    if seen.trouble:
        view = View(seen.value.board, seen.trouble)
        for name in ("asof", "verdict"):
            found[name] = section(name, view, may_act=seen.value.may_act)
    return found


def door(words_: str, status: int = 200) -> HTMLResponse:
    """Return the sign-in page, with what was wrong."""
    page = templates().get_template("sign_in.html")
    return HTMLResponse(page.render(wrong=words_), status)


def trouble(why: str) -> HTMLResponse:
    """Return the page that says that nothing can be shown."""
    return HTMLResponse(templates().get_template("trouble.html").render(why=why), 503)
