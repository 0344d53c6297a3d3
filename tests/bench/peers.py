"""Other programs to measure beside ours, each in an environment of its own under `.peers/`.

They are installed when first asked for, and stay; remove the folder to have newer ones.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".peers"
NEEDS = {
    "dolphie": ("dolphie",),
    "harlequin": ("harlequin",),
    "moviepy": ("moviepy",),
    # 2.10 ends with a segmentation fault beside tree-sitter 0.26.
    "posting": ("posting", "tree-sitter<0.26"),
    "toot": ("toot",),
}


def program(peer: str, name: str = "") -> str:
    """Return the path of `name` in a peer's environment, without a name that of the peer itself."""
    found = FOLDER / peer / "bin" / (name or peer)
    if not found.exists():
        install(peer)
    return str(found)


def install(peer: str) -> None:
    """Make a peer's environment; what was not installed whole does not stay."""
    print(f"{peer} is installed", file=sys.stderr, flush=True)
    there = FOLDER / peer
    try:
        venv.create(there, with_pip=True, clear=True)
        pip = [str(there / "bin" / "python"), "-m", "pip", "install", "-q", *NEEDS[peer]]
        subprocess.run(pip, check=True)
    except BaseException:
        shutil.rmtree(there, ignore_errors=True)
        raise
