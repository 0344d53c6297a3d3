"""Verbs: plain functions that take the studio and give back a frozen record."""
