"""Run elite8 as `python -m elite8`."""

from elite8.cli import main

if __name__ == "__main__":
    main()
