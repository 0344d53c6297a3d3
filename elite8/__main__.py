"""Run elite8: `elite8 …` and `python -m elite8` begin here.

`elite8 tui` alone starts the console without the command line, which takes a fifth of its time to
the first picture; with options it goes the way of all commands.
"""

import os
import sys

NOT_HERE = (
    "elite8: this does not run on Windows itself; run it in WSL (wsl --install), or over SSH on a "
    "Linux machine: the console works in Windows Terminal both ways\n"
)


def main() -> None:
    """Start the console, or the command line, which knows the rest."""
    if os.name == "nt":  # locks are flock's; os.kill(pid, 0) is Ctrl-C there, not a question
        sys.stderr.write(NOT_HERE)
        sys.exit(2)
    if sys.argv[1:] == ["tui"] and sys.stdout.isatty():
        import gc

        gc.disable()  # until the first scene: nothing of what is loaded goes away
        from elite8.tui.start import show

        show()
        return
    from elite8.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
