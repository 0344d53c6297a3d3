"""Where posts go; one module each."""
