"""The places of the console, a module each; it holds `PANE`."""
