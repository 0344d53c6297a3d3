"""Words of others reach a terminal as words: what steers one, or turns a line, is shown as �.

A network's refusal, a subscriber's name or a caption may hold ANSI and OSC sequences (titles,
links, the clipboard), or signs by which a line reads otherwise than it is (UAX 9, 2.1 and 2.2).
"""

import re

INSTEAD = "\ufffd"
STEERING = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""C0 without tab and line end, DEL, and C1, which xterm obeys in UTF-8 too."""
TURNING = r"\u2028\u2029\u202a-\u202e\u2066-\u2069"
HALVES = r"\ud800-\udfff"
"""Halves of a letter, which no stream takes."""
HARM = re.compile(f"[{STEERING}{TURNING}{HALVES}]")
IN_JSON = re.compile(rf"[\x7f-\x9f{TURNING}{HALVES}]")
"""What `json.dumps(…, ensure_ascii=False)` leaves as it is."""


def harmless(text: str) -> str:
    """Return the text with a � for each sign that does more than be read; lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    return HARM.sub(INSTEAD, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return the same in one line: a line end or a tab is a space."""
    return harmless(text).replace("\n", " ").replace("\t", " ")


def escaped(written: str) -> str:
    """Return JSON that says the same, with what steers or turns as the number of a sign."""
    return IN_JSON.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written)
