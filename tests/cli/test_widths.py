"""Tables that are too wide: words fold, and no number, time or id is shown in two parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from elite8.cli import output
from elite8.cli.widths import GAP, fitted

COLUMNS = ("video", "by, JPY", "network", "state", "when", "")
ROWS = [
    ("01M8DJHYG08CV9", "50,871.97", "instagram", "published", "2026-11-27", "Synthetic loyalty"),
    ("01M8DF42W0GRV3", "1.5 %", "x", "waiting", "2026-11-27 13:00 JST", "桜みゆきと夜の雨" * 3),
]


@pytest.mark.parametrize("cells", [200, 100, 80, 60, 20])
def test_a_number_is_whole_at_any_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cells: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(cells))
    output.write(output.table(COLUMNS, ROWS))
    shown = capsys.readouterr().out
    for whole in ("01M8DJHYG08CV9", "50,871.97", "2026-11-27", "13:00", "instagram", "published"):
        assert whole in shown, shown
    wide = max(map(cell_len, shown.splitlines()))
    assert wide <= max(cells, 95)


def test_what_fits_by_folding_words_leaves_times_in_one_line() -> None:
    rows = [("2026-11-27 13:00 JST", "waiting", "rain on a quiet street, told twice")]
    assert fitted(("when", "state", ""), rows, 60) == [20, 7, 60 - 27 - 2 * GAP]


@given(st.lists(st.tuples(st.text(max_size=40), st.integers().map(str)), max_size=4), st.integers())
def test_a_line_is_longer_than_the_terminal_only_for_what_is_never_cut(
    rows: list[tuple[str, str]], total: int
) -> None:
    words, numbers = fitted(("", "n"), rows, total % 100)
    assert numbers >= max((len(number) for _, number in rows), default=1)
    assert words <= max([10, total % 100, *(cell_len(p) for w, _ in rows for p in w.split())])
