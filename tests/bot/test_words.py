"""Lines become messages that Telegram takes: short enough, broken between lines, marks whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from elite8.bot import buttons, commands
from elite8.bot.words import LONGEST, Line, bold, messages, plain, said, table
from elite8.core.domain.card import LONGEST_DATA, Button
from elite8.core.domain.text import utf16

LINES = st.lists(
    st.builds(
        Line,
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(["雨" * 3000, "👩‍🎤" * 900, "x" * 5000, "", " ", "\n", "a\nb"]),
        ),
        st.sampled_from(["", "bold", "pre"]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(LINES)
def test_every_message_is_one_that_telegram_takes(lines: list[Line]) -> None:
    for part in messages(lines):
        assert part.text.strip()
        assert part.text == part.text.strip("\n")
        assert utf16(part.text) <= LONGEST
        units = part.text.encode("utf-16-le", "surrogatepass")
        for mark in part.marks:
            assert mark.length > 0
            end = mark.offset + mark.length
            assert 0 <= mark.offset < end <= utf16(part.text)
            inside = units[2 * mark.offset : 2 * end].decode("utf-16-le", "surrogatepass")
            if mark.style == "bold":
                assert "\n" not in inside


@settings(deadline=None)
@given(LINES)
def test_no_word_is_lost(lines: list[Line]) -> None:
    wanted = "".join("".join(one.text for one in plain(line.text)) for line in lines)
    found = "".join(part.text for part in messages(lines))
    assert "".join(found.split()) == "".join(wanted.split())


def test_lines_are_kept_whole_while_they_fit() -> None:
    lines = [Line(f"{number}: {'x' * 90}") for number in range(100)]
    parts = messages(lines)
    assert len(parts) == 3
    assert all(line.text in "\n".join(p.text for p in parts).split("\n") for line in lines)


def test_a_box_that_is_broken_is_two_boxes() -> None:
    parts = messages([bold("head"), *(Line("y" * 100, "pre") for _ in range(60))])
    assert [[mark.style for mark in part.marks] for part in parts] == [["bold", "pre"], ["pre"]]
    assert parts[1].marks[0].offset == 0


def test_columns_stand_under_each_other_in_cells() -> None:
    found = [line.text for line in table([("who", "made"), ("雨", "1"), ("miyuki", "22")])]
    assert found == ["who     made", "雨      1", "miyuki  22"]


def test_nothing_is_no_message() -> None:
    assert messages([]) == []
    assert messages([Line(""), Line("  \n ")]) == []


def test_every_button_fits_what_telegram_takes() -> None:
    about = f"{'0' * 26}:{'f' * 32}"
    for verb in buttons.VERBS:
        Button(label="x", data=f"{verb}:{about}")
    longest = max(len(name) for name in commands.COMMANDS)
    assert longest + len("do: 2026-12-01") < LONGEST_DATA
    assert said("x").rows == ()
