"""One drawn layer and where it lies in the frame."""

from dataclasses import dataclass

WIDTH, HEIGHT = 1080, 1920
MIDDLE = 540
"""Where x = 0 of a figure lies in the frame."""
NECK = (540, 940)
"""The point the head turns around, in frame pixels."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A complete SVG document; `box` is x, y, width, height in the frame, in even pixels."""

    name: str
    svg: str
    box: Box


def lay(name: str, box: Box, *content: str) -> Layer:
    """Return a layer whose content counts x from the middle of the figure."""
    x, y, width, height = box
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{x} {y} {width} {height}"><g transform="translate({MIDDLE} 0)">'
        f"{''.join(content)}</g></svg>"
    )
    return Layer(name=name, svg=svg, box=box)
