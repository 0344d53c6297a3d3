"""Nouns: tables and records, and the rules about them; no input, no output."""
