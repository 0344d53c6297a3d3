"""The page: how it goes, in a browser; health and metrics for machines; the door to it.

`site.Site` is the server, `app` what it answers, `door` who may come in, `kept` the picture that
many browsers share, `pages` and `charts` how it looks.
"""
