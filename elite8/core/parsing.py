"""Files to nouns: what is wrong is one complaint with file, key and the nearest known key."""

import json
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from elite8.core.errors import ConfigError

Model = TypeVar("Model", bound=BaseModel)


def parse_toml(path: Path, model: type[Model]) -> Model:
    """Return `model` filled from the TOML file at `path`; anything wrong is one ConfigError."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigError(f"{path} cannot be read: {reason_of(unreadable)}") from None
    except ValidationError as wrong:
        raise ConfigError(f"{path}: {complaint(wrong.errors(), model)}") from None
    except (ValueError, RecursionError) as broken:  # a number of thousands of digits, deep nests
        raise ConfigError(f"{path}: not TOML: {broken}") from None


def parse(path: Path, model: type[Model]) -> Model:
    """Return `model` filled from the JSON file at `path`; anything wrong is one ConfigError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = json.loads(text, object_pairs_hook=no_repeats)
        if "\\u" in text:  # JSON lets half a character be written so; nothing can show it
            json.dumps(raw, ensure_ascii=False).encode()
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is missing; 'elite8 config init DIR' writes a full set"
        ) from None
    except UnicodeEncodeError:
        raise ConfigError(f"{path}: half a character: a \\ud800 to \\udfff alone") from None
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigError(f"{path} cannot be read: {reason_of(unreadable)}") from None
    except json.JSONDecodeError as broken:
        raise ConfigError(
            f"{path}: line {broken.lineno}, column {broken.colno}: not JSON: {broken.msg}"
        ) from None
    except (ValueError, RecursionError) as broken:  # a key twice, thousands of digits, deep nests
        raise ConfigError(f"{path}: {broken}") from None
    if isinstance(raw, dict):
        raw.pop("$schema", None)  # editors read it, we don't
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        raise ConfigError(f"{path}: {complaint(wrong.errors(), model)}") from None


class RepeatedKey(ValueError):
    """The same key stands twice in one object; JSON would silently keep the last."""


def no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object, refusing a key that stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise RepeatedKey(f"the key '{twice}' stands twice in one object; keep one")
    return found


def reason_of(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file could not be read, in words."""
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8 text"


def complaint(errors: list[ErrorDetails], model: type[BaseModel]) -> str:
    """Return the first complaint with its key, in one line, and how many more there are."""
    # A misspelt key also shows as a missing one; the misspelling says more.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(part) for part in first["loc"]) or "top level"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = unknown_key(str(first["loc"][-1]), model)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return "".join(one if one.isprintable() else "\ufffd" for one in f"{where}: {message}{more}")


def unknown_key(key: str, model: type[BaseModel]) -> str:
    """Return the sentence about a key that nobody knows, with the nearest one."""
    near = get_close_matches(key, sorted(known_keys(model.model_json_schema())), n=1, cutoff=0.5)
    return f"unknown key '{key}'" + (f"; did you mean '{near[0]}'?" if near else "; take it out")


def known_keys(schema: object) -> set[str]:
    """Return every property name anywhere in a JSON Schema."""
    if isinstance(schema, list):
        return set().union(*map(known_keys, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ()))
    return own.union(*map(known_keys, schema.values()))


def texts_of(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text inside `value` with its dotted key."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(inner, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            yield from texts_of(inner, f"{where}.{position}".lstrip("."))
