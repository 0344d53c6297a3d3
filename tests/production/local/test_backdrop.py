from typing import get_args
from xml.etree.ElementTree import fromstring

import cv2
import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray

from elite8.core.domain.look import Backdrop, Particles, Scene
from elite8.core.production.local.art.backdrop import draw_backdrop, draw_particle

SCENES: tuple[Scene, ...] = get_args(Scene)
PARTICLES: tuple[Particles, ...] = get_args(Particles)


def make_backdrop(scene: Scene = "garden", particles: Particles = "petals") -> Backdrop:
    return Backdrop(
        scene=scene,
        sky_top="#5cc3ee",
        sky_bottom="#f6c9a6",
        accent="#ff8fa3",
        light="#fff0c8",
        particles=particles,
    )


def pixels(svg: str, zoom: float = 1) -> NDArray[np.uint8]:
    """The picture as blue, green, red and, unless all of it is opaque, alpha."""
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, zoom=zoom)
    found = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(found, np.uint8)


def brightness(quarter: NDArray[np.uint8], top: int, bottom: int) -> float:
    """The mean between two heights of the frame, where captions may lie."""
    return float(quarter[top // 4 : bottom // 4, 90 // 4 : 930 // 4, :3].mean())


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_opaque_and_darkens_under_the_captions(scene: Scene) -> None:
    layer = draw_backdrop(make_backdrop(scene), seed=7)
    picture = pixels(layer.svg, zoom=0.25)
    assert (layer.name, layer.box) == ("background", (0, 0, 1080, 1920))
    assert picture.shape[:2] == (480, 270)
    assert picture.shape[2] == 3 or picture[..., 3].min() == 255
    assert brightness(picture, 1180, 1420) < 0.85 * brightness(picture, 420, 820)
    assert brightness(picture, 1500, 1900) < 110


@pytest.mark.parametrize("scene", SCENES)
def test_one_seed_draws_one_scene_and_another_seed_another(scene: Scene) -> None:
    backdrop = make_backdrop(scene)
    assert draw_backdrop(backdrop, seed=3) == draw_backdrop(backdrop, seed=3)
    assert draw_backdrop(backdrop, seed=3) != draw_backdrop(backdrop, seed=4)


@pytest.mark.parametrize("scene", SCENES)
def test_what_a_scene_refers_to_is_defined_in_it(scene: Scene) -> None:
    svg = draw_backdrop(make_backdrop(scene), seed=1).svg
    defined = {element.get("id") for element in fromstring(svg).iter()}  # noqa: S314 - ours
    wanted = {piece.split(")")[0] for piece in svg.split("url(#")[1:]}
    assert wanted
    assert wanted <= defined


def test_a_scene_holds_no_letters() -> None:
    assert not any("<text" in draw_backdrop(make_backdrop(scene), 1).svg for scene in SCENES)


def test_the_colours_of_a_backdrop_show_in_its_scene() -> None:
    warm = make_backdrop().model_copy(update={"sky_top": "#d06030"})
    assert pixels(draw_backdrop(warm, 1).svg, zoom=0.25)[0, 135, 2] > 180
    assert pixels(draw_backdrop(make_backdrop(), 1).svg, zoom=0.25)[0, 135, 2] < 140


@pytest.mark.parametrize("particles", PARTICLES)
def test_a_particle_is_small_clear_at_its_corners_and_comes_in_variants(
    particles: Particles,
) -> None:
    sprites = draw_particle(make_backdrop(particles=particles))
    assert 2 <= len({sprite.svg for sprite in sprites}) <= 4
    for sprite in sprites:
        picture = pixels(sprite.svg)
        assert sprite.box == (0, 0, picture.shape[1], picture.shape[0])
        assert max(picture.shape[:2]) <= 96
        assert picture[0, 0, 3] == 0
        assert picture[..., 3].max() > 60
