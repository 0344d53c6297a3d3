"""Run eight fictional virtual performers end to end, from a terminal."""

__version__ = "0.1.0"
