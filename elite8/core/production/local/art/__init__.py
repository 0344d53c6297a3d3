"""The drawn performers and their backgrounds, as SVG text made from a `Look`.

`figure.draw` gives the layers of a performer, bottom to top. Everything is drawn in the video's
own pixels; inside a figure x counts from the middle of the face, so a left side mirrors a right.
"""
