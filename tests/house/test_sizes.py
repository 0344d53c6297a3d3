"""Modules and functions stay small; the medians are printed with `pytest -s`."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
MODULES = sorted(p for p in (ROOT / "elite8").rglob("*.py") if "versions" not in p.parts)


def functions(path: Path) -> dict[str, int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }


def test_no_module_is_over_400_lines() -> None:
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in MODULES}
    real = [length for length in lengths.values() if length > 3]
    print(f"\nmodules: {len(real)}, median {median(real)} lines")
    assert {name: n for name, n in lengths.items() if n > 400} == {}


def test_no_function_is_over_40_lines() -> None:
    lengths = {name: n for path in MODULES for name, n in functions(path).items()}
    print(f"\nfunctions: {len(lengths)}, median {median(lengths.values())} lines")
    assert {name: n for name, n in lengths.items() if n > 40} == {}
    assert median(lengths.values()) <= 12
