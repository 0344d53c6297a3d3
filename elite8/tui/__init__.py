"""The console: the live picture in a terminal, and everything that can be done about it.

Before the first paint only Textual and what is here is imported; the studio opens after it.
"""
