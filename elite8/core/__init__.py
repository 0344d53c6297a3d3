"""What every face shares; before any of it loads, what libraries bring along unused is kept out."""

from elite8.core import lean as _lean  # noqa: F401  # by being imported first
