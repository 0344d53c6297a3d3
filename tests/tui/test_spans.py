"""Words in a width: what has no room goes on where it can be read."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from elite8.tui.about import LABEL, fact
from elite8.tui.spans import plain, rows

LINE = fact("url", ("https://www.example.org/one/long/address 投稿の説明はここ", "info"))


def test_a_value_without_room_goes_on_under_itself() -> None:
    first, *more = rows([LINE], 34).plain.splitlines()
    assert first.startswith("url       https://")
    assert more
    for line in more:
        assert line.startswith(" " * LABEL)
        assert not line[LABEL:].startswith(" ")


def test_what_has_room_or_hardly_any_is_left_to_the_terminal() -> None:
    for cells in (0, 2 * LABEL, 200):
        assert rows([LINE], cells).plain == plain(LINE)


@given(
    st.text(st.sampled_from("ab 投稿-/"), min_size=1, max_size=90),
    st.integers(2 * LABEL + 1, 60),
)
def test_no_line_is_wider_and_no_sign_is_lost(value: str, cells: int) -> None:
    shown = rows([fact("what", (value, ""))], cells).plain
    if cell_len(plain(fact("what", (value, "")))) > cells:
        assert all(cell_len(line.rstrip()) <= cells for line in shown.splitlines())
    assert "".join(shown.split()) == "".join(f"what{value}".split())
