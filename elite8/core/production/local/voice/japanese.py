"""Japanese captions: where a line may be cut, and how long each piece takes to say."""

import re
from collections.abc import Sequence

LONGEST = 8
KANJI = r"々〆一-鿿㐀-䶿"
HIRAGANA = r"ぁ-ゖ"
KATAKANA = r"ァ-ヺー"
SMALL = "ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ"
FULL_STOPS = "。！？!?、"  # noqa: RUF001  Japanese marks
MARKS = rf"{FULL_STOPS},.…」』）)♪~〜"  # noqa: RUF001  same
OPENING = "「『（("  # noqa: RUF001  same
PARTICLES = r"(?:から|まで|より|では|には|とは|って|[はがをにへでともの])"
# A bunsetsu: a stem (kanji, katakana or Latin), its okurigana and particle, then closing marks.
_PIECE = re.compile(
    rf"[{OPENING}]?(?:[{KANJI}]+|[{KATAKANA}]+|[A-Za-z0-9'.-]*[A-Za-z0-9]+)?[{HIRAGANA}]*[{MARKS}]*\s*"
    rf"|\s+|."
)
_AFTER_OBJECT = re.compile(rf"(?<=を)(?=[{HIRAGANA}])")
# Written one way, said another: particles ha, he, wo (a reading may give either).
_SAID = {"は": "[はわ]", "へ": "[へえ]", "を": "[をお]"}


def has_kanji(text: str) -> bool:
    """Return whether reading `text` aloud takes a dictionary."""
    return re.search(rf"[{KANJI}]", text) is not None


def chunks(text: str) -> tuple[str, ...]:
    """Return `text` cut after particles and marks, into pieces of at most 8 characters."""
    pieces: list[str] = []
    for match in _PIECE.finditer(text):
        for piece in _AFTER_OBJECT.split(match.group()):
            if not piece.strip():
                continue
            if pieces and _belongs(pieces[-1], piece.strip()):
                pieces[-1] += piece.strip()
            else:
                pieces.append(piece.strip())
    return tuple(part for piece in pieces for part in _within(piece))


def morae(text: str) -> int:
    """Return about how many morae `text` takes; a kanji counts as two, a mark as none."""
    kana = re.findall(rf"[{HIRAGANA}{KATAKANA}]", text)
    kanji = re.findall(rf"[{KANJI}]", text)
    others = re.findall(r"[A-Za-z0-9]", text)
    return len(kana) - sum(char in SMALL for char in kana) + 2 * len(kanji) + len(others)


def weights(pieces: Sequence[str], reading: str = "") -> tuple[float, ...]:
    """Return how many morae each piece takes, read off `reading` where the kana in both agree."""
    said = _matched(pieces, reading) or tuple(pieces)
    return tuple(float(max(1, morae(piece))) for piece in said)


def _belongs(before: str, piece: str) -> bool:
    """Return whether `piece` is a particle or mark that closes the piece before it."""
    closes = re.fullmatch(rf"(?:{PARTICLES})?[{MARKS}]*", piece) is not None
    return closes and len(before) + len(piece) <= LONGEST and before[-1] not in FULL_STOPS


def _within(piece: str) -> list[str]:
    parts = -(-len(piece) // LONGEST)
    if parts == 1 or re.fullmatch(r"[\x21-\x7e]+", piece):
        return [piece]
    size = -(-len(piece) // parts)
    return [piece[at : at + size] for at in range(0, len(piece), size)]


def _matched(pieces: Sequence[str], reading: str) -> tuple[str, ...]:
    """Return the part of `reading` that each piece stands for; empty when none fits."""
    pattern = r"\s*".join(f"({_pattern(piece)})" for piece in pieces)
    found = re.fullmatch(pattern, _plain(reading))
    return found.groups() if found else ()


def _pattern(piece: str) -> str:
    runs = re.findall(rf"[{HIRAGANA}]|[^{HIRAGANA}]+", _plain(piece))
    return "".join(
        _SAID.get(run, run) if re.fullmatch(rf"[{HIRAGANA}]", run) else ".+?" for run in runs
    )


def _plain(text: str) -> str:
    """Katakana as hiragana, without marks and spaces."""
    kana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
    return re.sub(rf"[{MARKS}{OPENING}\s]", "", kana)
