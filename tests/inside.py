"""The program's commands, run in this process: where its start is not the promise but the price."""

import gc
import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from subprocess import CompletedProcess

from elite8.cli import run


def elite8(*arguments: str) -> CompletedProcess[str]:
    """Return what a command said and its exit code, as of a process of its own."""
    out, err = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(out), redirect_stderr(err):
        warnings.simplefilter("ignore", ResourceWarning)  # a process that ends closes its lines
        code = run(arguments)
        gc.collect()
    return CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
