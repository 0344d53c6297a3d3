"""Every subcommand, exit code, setting, error and config key has its line in docs/reference/."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from elite8.cli import SUBCOMMANDS
from elite8.core import errors
from elite8.core.config import FILES, shape
from elite8.core.parsing import known_keys
from elite8.core.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def leaves() -> list[tuple[str, Any]]:
    found = []
    for name in SUBCOMMANDS:
        command = typer.main.get_command(import_module(f"elite8.cli.{name}").app)
        if not getattr(command, "no_args_is_help", False):
            found.append((name, command))
        for below, child in getattr(command, "commands", {}).items():
            found.append((f"{name} {below}", child))
    return found


@pytest.mark.parametrize(("name", "command"), leaves())
def test_every_command_and_option_is_in_the_reference(name: str, command: Any) -> None:
    text = page("commands.md")
    assert f"`elite8 {name}" in text
    section = text.split(f"`elite8 {name}", 1)[1]
    options = {o for p in command.params for o in p.opts if o.startswith("--")} - {"--help"}
    assert {option for option in options if option not in section} == set()


ADVICE = re.compile(r"elite8 ([a-z][\w-]*(?: [\w-]+)*)")


def advised() -> set[tuple[str, str]]:
    """Each command line in our words, with the file; a docstring is none of them."""
    found = set()
    for file in (ROOT / "elite8").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        words = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docs)
        texts = (node.value for node in words if isinstance(node.value, str))
        found |= {(file.name, said) for text in texts for said in ADVICE.findall(text)}
    return {(name, said) for name, said in found if said.partition(" ")[0] in SUBCOMMANDS}


def test_no_advice_names_a_command_that_is_not_there() -> None:
    def is_there(said: str) -> bool:
        name, *words = said.split()
        command: Any = typer.main.get_command(import_module(f"elite8.cli.{name}").app)
        for word in words:
            inner = getattr(command, "commands", {})
            if not inner or word.startswith("-"):
                return True
            if word not in inner:
                return bool(command.invoke_without_command) or "VIDEO" in inner
            command = inner[word]
        bare = not words  # what follows is an option, or only known as it runs
        return bare or not getattr(command, "commands", {}) or command.invoke_without_command

    assert {one for one in advised() if not is_there(one[1])} == set()


@pytest.mark.parametrize(("name", "command"), leaves())
def test_every_command_and_option_has_help(name: str, command: Any) -> None:
    assert (command.help or "").strip(), name
    silent = [p.name for p in command.params if not getattr(p, "help", None)]
    assert [n for n in silent if n != "help"] == []


@pytest.mark.parametrize("module", SUBCOMMANDS)
def test_every_subcommand_has_a_module(module: str) -> None:
    assert (ROOT / "elite8" / "cli" / f"{module}.py").is_file()


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_is_in_the_reference(setting: str) -> None:
    assert f"`ELITE8_{setting.upper()}`" in page("settings.md")
    assert Settings.model_fields[setting].description


@pytest.mark.parametrize("file", FILES)
def test_every_config_key_is_in_the_reference(file: str) -> None:
    text = page("config.md")
    assert f"`{file}`" in text or "`scripts/LANGUAGE.json`" in text
    keys = known_keys(shape(file).model_json_schema())
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_every_error_code_and_exit_code_is_in_the_reference() -> None:
    classes: list[type[errors.Elite8Error]] = [errors.Elite8Error]
    for one in classes:  # grows while it is walked
        classes += [below for below in one.__subclasses__() if below.__module__ == errors.__name__]
    text = page("exit-codes.md")
    for one in classes:
        assert f"`{one.code}`" in text
        assert re.search(rf"^\| {one.exit_code} \|", text, re.MULTILINE)
    for code in (0, 130):
        assert re.search(rf"^\| {code} \|", text, re.MULTILINE)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{p.relative_to(ROOT)} -> {link}"
        for p in pages
        for link in re.findall(r"\]\(([^)#]+)", p.read_text(encoding="utf-8"))
        if "://" not in link and not (p.parent / link).exists()
    ]
    assert broken == []
