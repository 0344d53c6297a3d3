"""The root command: help, version, exit codes, JSON also when it fails."""

import io
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from elite8 import __version__
from elite8.cli import SUBCOMMANDS, output, run


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_help_names_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "--help")
    assert code == 0
    assert all(name in out for name in SUBCOMMANDS)


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "--version") == (0, f"elite8 {__version__}\n", "")


@pytest.mark.parametrize("arguments", [("nope",), ("generate", "--nope"), ("publish", "x")])
def test_a_wrong_command_line_is_exit_2_and_writes_nothing_to_stdout(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, out, err = answer(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_a_failure_with_json_is_one_object_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "generate", "--character", "nobody", "--json")
    assert (code, err) == (2, "")
    assert json.loads(out) == {
        "version": 1,
        "command": "generate",
        "status": "failed",
        "data": None,
        "errors": [json.loads(out)["errors"][0]],
    }
    assert json.loads(out)["errors"][0]["code"] == "config"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--character", "miyuky"], 2, "did you mean 'miyuki'?"),
        (["--character", "miyuki", "--duration", "0"], 2, "--duration 0 is outside 3 to 180"),
        (["--character", "miyuki", "--duration", "-1"], 2, "--duration -1 is outside"),
        (["--character", "miyuki", "--duration", "1000000"], 2, "--duration 1e+06 is outside"),
        (["--character", "miyuki", "--duration", "nan"], 2, "--duration nan is outside"),
        (["--character", "miyuki", "--script", " "], 2, "the script is empty"),
        (["--character", "miyuki", "--script", "a" * 100_000], 2, "longer than 4,000 characters"),
        (["--character", "miyuki", "--script-file", "gone.txt"], 2, "gone.txt cannot be read"),
        (["--character", "miyuki", "--language", "tlh"], 2, "no language 'tlh'"),
        (["--character", "miyuki", "--engine", "locl"], 2, "did you mean 'local'?"),
        (["--character", "miyuki", "--count", "0"], 2, "--count 0 is outside"),
        (["--character", "miyuki", "--topic", "t" * 81], 2, "--topic is longer"),
        (["--character", "miyuki", "--topic", "a schoolgirl day"], 1, "suggests a minor"),
        (["--character", "miyuki", "--engine", "a2e"], 3, "ELITE8_A2E_API_KEY"),
        (["--all", "--character", "miyuki"], 2, "say who"),
        ([], 2, "say who"),
    ],
)
def test_a_bad_brief_is_one_sentence_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    left, out, err = answer(capsys, "generate", *arguments)
    assert (left, out) == (code, "")
    assert said in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_command_leaves_with_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from elite8.core.operations import listing

    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing, "videos", interrupted)
    code, _, err = answer(capsys, "generate", "list")
    assert (code, "settled by the next run" in err) == (130, True)


def test_an_empty_list_is_a_sentence_on_stderr_and_an_empty_list_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = answer(capsys, "generate", "list")
    assert (code, out) == (0, "")
    assert "no videos yet" in err
    code, out, err = answer(capsys, "generate", "list", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["data"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("generate list --status finsihed", "no state 'finsihed'; choose planned, generating, "),
        ("generate list -c miyuky", "did you mean 'miyuki'?"),
        ("subscribers list --tier premum", "no tier 'premum'; choose basic, premium, vip, "),
        ("subscribers list --platform fanvu", "no platform 'fanvu'; choose "),
        ("subscribers list --status lapsed", "no status 'lapsed'; choose active, expired, "),
        ("subscribers list -c miyuky", "did you mean 'miyuki'?"),
        ("subscribers list --country UK", "no country 'UK'"),
    ],
)
def test_a_filter_that_nothing_can_pass_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    code, out, err = answer(capsys, *arguments.split())
    assert (code, out) == (2, "")
    assert said in err


def test_a_filter_that_nothing_passes_is_no_empty_studio(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, _, err = answer(capsys, "generate", "list", "--status", "failed")
    assert (code, err) == (0, "no video is like that\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--in", "99999999999d"), "more than a year"),
        (("--at", "0001-01-01"), "no time we know"),
        (("--at", "tomorrow"), "'tomorrow' is no time; write --at '2026-12-01 18:00'"),
        (("--at", "25:99"), "'25:99' is no time of the day"),
        (("--at", "2020-01-01 08:00"), "is past"),
        (("--at", "18:00", "--slot", "night"), "only one of them"),
        (("--caption", "\udcff\udcfe"), "is not UTF-8 text"),
        (("--promotes", "me"), "say own, partner or none"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_kept(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, str], said: str
) -> None:
    code, out, err = answer(capsys, "publish", "latest", "--to", "outbox", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("scope", ["--region", "--network", "--character"])
def test_a_scope_that_is_empty_does_not_stop_everything(
    capsys: pytest.CaptureFixture[str], scope: str
) -> None:
    assert answer(capsys, "publish", "pause", scope, "")[0] == 2
    assert answer(capsys, "publish", "pause", "--region", "atlantis")[0] == 2
    assert answer(capsys, "publish", "pause", "--region", "de")[0] == 0
    assert answer(capsys, "publish", "resume", "--region", "DE")[0] == 0


@pytest.mark.parametrize("name", [name for name in SUBCOMMANDS if name != "tui"])
def test_a_group_says_what_it_is_and_tells_each_command_to_its_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = answer(capsys, name, "--help")
    assert code == 0
    assert " ".join(out.split()).find(SUBCOMMANDS[name]) > 0
    assert "..." not in out.partition("Commands:")[2]
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "try_this"),
    [
        (("nope",), "elite8 --help"),
        (("schedule", "run"), "elite8 schedule run --help"),
        (("subscribers", "mail", "send"), "elite8 subscribers mail send --help"),
    ],
)
def test_a_wrong_command_line_says_whose_help_to_read(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], try_this: str
) -> None:
    assert f"try '{try_this}'" in answer(capsys, *arguments)[2]


@pytest.mark.parametrize("words", ["subscribers mail list", "monitor audit list", "funnel show"])
def test_a_command_has_one_name_in_json_well_or_failed(
    capsys: pytest.CaptureFixture[str], words: str
) -> None:
    well = answer(capsys, *words.split(), "--json")[1]
    failed = answer(capsys, *words.split(), "--json", "--nope")[1]
    assert [json.loads(said)["command"] for said in (well, failed)] == [words, words]


def test_on_windows_one_sentence_says_where_it_runs() -> None:
    """What only POSIX has is not there, as on Windows: nothing may ask for it before."""
    faked = (
        "import sys, os, signal\n"
        "sys.modules.update(dict.fromkeys(('fcntl', 'termios', 'pwd', 'grp', 'resource')))\n"
        "del signal.SIGHUP\n"
        "from elite8.__main__ import main\n"
        "os.name = 'nt'\n"
        "sys.argv = ['elite8', 'tui']\n"
        "main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", faked], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "run it in WSL" in ended.stderr


@pytest.mark.parametrize("words", ["config show", "generate list --json", "--version", "--help"])
def test_an_answer_that_finds_no_room_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    with suppress(OSError), Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert run(words.split()) > 0
    said = capsys.readouterr().err
    assert "error: " in said
    assert "Traceback" not in said


def test_a_letter_that_the_terminal_lacks_ends_no_command_and_json_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", old)
    output.take_any_letter()
    output.write("桜 naïve")
    output.write_json("x", {"name": "桜"})
    output.flush()
    assert isinstance(old.buffer, io.BytesIO)
    seen, written = old.buffer.getvalue().decode("latin-1").splitlines()
    assert seen == "? naïve"
    assert json.loads(written)["data"]["name"] == "桜"


def test_a_zone_that_is_none_is_one_sentence_where_pydantic_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITE8_TIME_ZONE", "foo")
    code, out, err = answer(capsys, "generate", "list", "--limit", "1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "'foo' is not an IANA zone" in err


@pytest.mark.usefixtures("tabled")
@pytest.mark.parametrize("words", ["generate list", "generate -c rio --dry-run", "db check"])
def test_the_state_of_another_user_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    theirs = Path.stat

    def refused(path: Path, *, follow_symlinks: bool = True) -> object:
        if "state" in path.parts and path.name != "state":
            raise PermissionError(13, "Permission denied", str(path))
        return theirs(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refused)
    code, out, err = answer(capsys, *words.split())
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be opened by this user" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("schedule diff empty.csv", "empty.csv is empty"),
        ("subscribers import check empty.csv --profile fanvue_earnings", "empty.csv is empty"),
        ("subscribers import undo foo", "'foo' is no number of a file"),
        ("db backup nope/x.db", "there is no folder "),
        ("funnel show --since 2026-11-01 --days 5", "say --since or --days, not both"),
    ],
)
@pytest.mark.usefixtures("tabled")
def test_what_is_wrong_with_it_is_said_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.csv").touch()
    code, _, err = answer(capsys, *words.split())
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert not Path("nope").exists()


def test_a_config_folder_that_is_not_there_is_one_complaint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITE8_CONFIG_DIR", "/nope")
    code, _, err = answer(capsys, "config", "check")
    assert code > 0
    assert err == "error: there is no folder /nope; ELITE8_CONFIG_DIR names it\n"
