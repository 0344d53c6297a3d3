import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import brightness, darker, lighter, mix
from elite8.core.production.local.art.extras import WORN_ON_HEAD, WORN_ON_THROAT
from elite8.core.production.local.art.figure import draw
from elite8.core.production.local.art.hair import STYLES
from elite8.core.production.local.art.layer import NECK, Layer
from elite8.core.production.local.art.outfit import WARDROBE

ROSTER = Path(__file__).parents[3] / "config" / "avatars" / "elite8_characters.json"
NAMES = ("miyuki", "airi", "hana", "aiko", "rio", "ren", "chiyo", "jin")
ORDER = [
    "hair_back",
    "body",
    "head",
    "mouth_rest",
    "mouth_a",
    "mouth_i",
    "mouth_u",
    "mouth_e",
    "mouth_o",
    "mouth_smile",
    "eyes_open",
    "eyes_half",
    "eyes_closed",
    "brows",
    "hair_front",
    "extras",
]
Pixels = NDArray[np.uint8]


@cache
def look_of(name: str) -> Look:
    characters = json.loads(ROSTER.read_text(encoding="utf-8"))["characters"]
    return Look.model_validate(next(c["look"] for c in characters if c["id"] == name))


@cache
def layers_of(name: str) -> dict[str, Layer]:
    return {layer.name: layer for layer in draw(look_of(name))}


@cache
def pixels_of(name: str, layer: str) -> Pixels:
    png = resvg_py.svg_to_bytes(svg_string=layers_of(name)[layer].svg, skip_system_fonts=True)
    found = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found, np.uint8)


def covered(name: str, layer: str, x: int, y: int) -> bool:
    left, top, _, _ = layers_of(name)[layer].box
    return bool(pixels_of(name, layer)[y - top, x - left, 3] > 250)


@pytest.mark.parametrize("name", NAMES)
def test_layers_come_bottom_to_top(name: str) -> None:
    assert [layer.name for layer in draw(look_of(name))] == ORDER


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_is_one_document_that_fills_its_even_box(name: str) -> None:
    for layer in layers_of(name).values():
        root = ET.fromstring(layer.svg)  # noqa: S314  # our own text
        assert root.get("viewBox") == " ".join(map(str, layer.box))
        assert all(side % 2 == 0 for side in layer.box)


def test_the_same_look_gives_the_same_text() -> None:
    assert draw(look_of("hana")) == draw(look_of("hana"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_by_its_box(name: str) -> None:
    for layer in ("hair_back", "head", "mouth_smile", "eyes_open", "hair_front", "extras"):
        alpha = pixels_of(name, layer)[:, :, 3]
        edges = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
        assert max(int(edge.max()) for edge in edges) == 0, layer


@pytest.mark.parametrize("name", NAMES)
def test_the_neck_reaches_up_behind_the_chin(name: str) -> None:
    assert covered(name, "body", NECK[0], 860)
    assert covered(name, "head", NECK[0], 860)


@pytest.mark.parametrize("name", NAMES)
def test_the_body_reaches_below_the_frame(name: str) -> None:
    assert covered(name, "body", NECK[0], 1975)


@pytest.mark.parametrize("name", NAMES)
def test_hair_stands_outside_the_skull(name: str) -> None:
    top = int(np.flatnonzero(pixels_of(name, "head")[:, :, 3].any(axis=1))[0])
    over = layers_of(name)["hair_front"].box[1]
    hair = int(np.flatnonzero(pixels_of(name, "hair_front")[:, :, 3].any(axis=1))[0])
    assert over + hair < layers_of(name)["head"].box[1] + top - 25


def test_the_mouths_all_differ() -> None:
    mouths = [pixels_of("miyuki", name) for name in ORDER if name.startswith("mouth_")]
    assert all(np.abs(a.astype(int) - b).sum() > 0 for a, b in pairwise(mouths))


def test_closed_eyes_show_no_iris() -> None:
    def iris_pixels(layer: str) -> int:
        pixels = pixels_of("chiyo", layer).astype(int)
        return int(((pixels[:, :, 1] - pixels[:, :, 2] > 40) & (pixels[:, :, 3] > 200)).sum())

    assert iris_pixels("eyes_open") > iris_pixels("eyes_half") > iris_pixels("eyes_closed") == 0


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("build", ["woman", "man"])
def test_any_hair_can_be_worn_with_any_build(style: str, build: str) -> None:
    look = look_of("miyuki")
    hair = look.hair.model_copy(update={"style": style})
    assert len(draw(look.model_copy(update={"hair": hair, "build": build}))) == len(ORDER)


@pytest.mark.parametrize("style", WARDROBE)
def test_any_outfit_can_be_worn_by_anyone(style: str) -> None:
    look = look_of("jin")
    outfit = look.outfit.model_copy(update={"style": style})
    assert len(draw(look.model_copy(update={"outfit": outfit}))) == len(ORDER)


@pytest.mark.parametrize("accessory", [*WORN_ON_HEAD, *WORN_ON_THROAT, "stubble"])
def test_an_accessory_changes_the_picture(accessory: str) -> None:
    plain = look_of("hana").model_copy(update={"accessories": ()})
    assert draw(plain) != draw(plain.model_copy(update={"accessories": (accessory,)}))


def test_glasses_are_drawn_only_for_who_wears_them() -> None:
    assert pixels_of("aiko", "extras")[:, :, 3].any()
    assert not pixels_of("ren", "extras")[:, :, 3].any()


def test_a_corner_ends_one_run_and_begins_the_next() -> None:
    assert svg.drawn("0,0 9,0 / 9,9 / 0,0").startswith("M0 0C")
    assert svg.drawn("0,0 9,0 / 9,9 / 0,0").endswith("0 0Z")


def test_a_ribbon_is_pointed_where_its_width_is_nothing() -> None:
    assert svg.ribbon([(0, 0), (50, 0), (100, 0)], (0, 10, 0)).startswith("M0 0C")


def test_mirroring_twice_gives_the_points_back() -> None:
    points = svg.at("12,30 14.5,-2")
    assert svg.mirrored(svg.mirrored(points)) == points


def test_mixing_nothing_and_everything_gives_the_two_colours() -> None:
    assert mix("#102030", "#ffeedd", 0) == "#102030"
    assert mix("#102030", "#ffeedd", 1) == "#ffeedd"


@pytest.mark.parametrize("colour", ["#fdf6fb", "#242129", "#f07fa0", "#808080"])
def test_a_shadow_is_darker_and_a_light_is_lighter(colour: str) -> None:
    assert brightness(darker(colour, 0.4)) < brightness(colour) < brightness(lighter(colour, 0.4))
