"""The table of benchmarks: what it knows is there, and a row that was not measured stays."""

from tests.bench.table import BEGINS, BENCHES, ENDS, PAGE, ROOT, Row, written

START, COMMAND = BENCHES["start"][0], BENCHES["command"][0]


def row(of: Row, told: str) -> tuple[str, ...]:
    return (of.what, told, of.aim, "met", "2026-11-27", "9 ms", "`x`")


def test_each_benchmark_is_there_and_no_two_rows_are_called_alike() -> None:
    assert [name for name in BENCHES if not (ROOT / f"tests/bench/bench_{name}.py").exists()] == []
    names = [row.what for bench in BENCHES.values() for row in bench]
    assert len(names) == len(set(names))


def test_a_row_is_written_anew_and_the_others_stay() -> None:
    page = f"before\n{BEGINS}\n{ENDS}\nbehind\n"
    first = written(page, [row(START, "1"), row(COMMAND, "2")])
    second = written(first, [row(COMMAND, "3")])
    lines = second.splitlines()
    assert (lines[0], lines[-1]) == ("before", "behind")
    assert [line.split(" | ")[1] for line in lines if line.startswith("| `")] == ["1", "3"]
    assert written(second, []) == second


def test_the_page_is_as_the_command_writes_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert written(text, []) == text


def test_an_aim_is_met_or_not() -> None:
    fast = Row("posts", r"(\d+) posts/s", least=100)
    assert fast.found("1,359 posts, 1.0 s: 99 posts/s\n") == 99  # as printed
    assert (fast.verdict(99), fast.verdict(100), fast.aim) == ("**not met**", "met", "at least 100")
    small = Row("memory", r"(\d+) MB", " MB", most=120)
    assert (small.verdict(121), small.aim) == ("**not met**", "at most 120 MB")
