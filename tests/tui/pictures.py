"""The console as an SVG whose wide signs stand in two cells: Rich counts letters, not cells."""

import re
from html import unescape
from typing import Any

from rich.cells import cell_len

TEXT = re.compile(r'(<text [^>]*?textLength=")([\d.]+)("[^>]*>)([^<]*)(</text>)')


def picture(app: Any, title: str = "") -> str:
    """Return a screenshot of what is on the screen now."""
    return TEXT.sub(widened, app.export_screenshot(title=title or None))


def widened(found: re.Match[str]) -> str:
    """Return a text with the length that its cells have."""
    before, length, between, text, after = found.groups()
    plain = unescape(text)
    real = float(length) * cell_len(plain) / max(len(plain), 1)
    return f"{before}{real:g}{between}{text}{after}"
