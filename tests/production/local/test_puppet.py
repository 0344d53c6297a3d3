from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from elite8.core.domain.character import Motion
from elite8.core.errors import ConfigError
from elite8.core.production import probe
from elite8.core.production.local import planes, puppet
from elite8.core.production.local.art.layer import HEIGHT, NECK, WIDTH, Layer, lay
from elite8.core.production.local.canvas import Canvas, shift, stamp
from elite8.core.production.local.drift import Drift
from elite8.core.production.local.performance import Performance, perform
from elite8.core.production.local.planes import Plate
from elite8.core.production.local.puppet import Floating, Puppet, Stage, body_pose

WHITE, BLACK = (235, 128, 128, 255), (16, 128, 128, 255)
BOXES = {
    "hair_back": (300, 300, 480, 800),
    "body": (200, 900, 680, 1020),
    "head": (340, 360, 400, 560),
    "mouth_rest": (480, 780, 120, 40),
    "mouth_a": (480, 770, 120, 70),
    "eyes_open": (400, 600, 280, 100),
    "eyes_closed": (400, 640, 280, 40),
    "brows": (400, 560, 280, 20),
    "hair_front": (330, 320, 420, 200),
}


def plate(box: planes.Box, colour: tuple[int, ...]) -> Plate:
    return Plate(box=box, pixels=np.full((box[3], box[2], 4), colour, np.uint8))


@pytest.fixture(scope="module")
def stage() -> Stage:
    cast = {
        name: plate(box, (60 + 20 * at, 100 + 8 * at, 150 - 5 * at, 255))
        for at, (name, box) in enumerate(BOXES.items())
    }
    cast["background"] = plate((0, 0, WIDTH, HEIGHT), (40, 120, 140, 255))
    return Stage(paint=Puppet(cast, Drift([plate((0, 0, 32, 32), WHITE)], "petals", 1)).paint)


def act(frames: int = 5, seed: int = 1) -> Performance:
    motion = Motion(sway=2, bounce=2, nod=2)
    return perform(
        duration=frames / 30, fps=30, motion=motion, tempo=120, mouths=(), energy=(), seed=seed
    )


def shoot(stage: Stage, acted: Performance, at: int = 0) -> Canvas:
    canvas = Canvas()
    stage.paint([canvas], acted, at)
    return canvas


def changed(one: Canvas, other: Canvas) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs, in luma."""
    x, y, width, height = cv2.boundingRect((one.y != other.y).astype(np.uint8))
    return x, y, x + width, y + height


def copies(stage: Stage, acted: Performance) -> Iterator[bytes]:
    return (frame.tobytes() for frame in stage.frames(acted))


def test_the_same_performance_gives_the_same_bytes(stage: Stage) -> None:
    first = list(copies(stage, act()))
    assert len(first) == 5
    assert {len(frame) for frame in first} == {WIDTH * HEIGHT * 3 // 2}
    assert list(copies(stage, act())) == first
    assert list(copies(stage, act(seed=2))) != first


def test_frames_come_in_order_however_many_are_made_ahead(stage: Stage) -> None:
    acted = act(frames=2 * puppet.MOST * puppet.AHEAD + 3)
    firsts = {at for at, _ in puppet.shots(acted)}
    for at, frame in enumerate(copies(stage, acted)):
        if at in firsts:
            assert frame == shoot(stage, acted, at).frame.tobytes()


def test_frames_share_a_body_only_while_it_is_slow() -> None:
    acted = act(frames=61)
    still = replace(acted, lift=np.zeros(61), lean=np.zeros(61), hair=np.zeros(61))
    hopping = replace(still, lift=9.0 * (np.arange(61.0) % 2))
    assert {count for _, count in puppet.shots(still)} == {puppet.MOST, 1}
    assert {count for _, count in puppet.shots(hopping)} <= {puppet.FEWEST, 3, 1}
    for performed in (still, hopping, acted):
        counts = list(puppet.shots(performed))
        assert [at for at, _ in counts] == [
            sum(c for _, c in counts[:i]) for i in range(len(counts))
        ]
        assert sum(count for _, count in counts) == 61


def test_an_open_mouth_changes_the_face_and_nothing_else(stage: Stage) -> None:
    acted = act()
    spoken, quiet = (replace(acted, mouths=(shape,) * 5) for shape in ("a", "rest"))
    left, top, right, bottom = changed(shoot(stage, spoken), shoot(stage, quiet))
    assert 424 < left < right < 656
    assert 741 < top < bottom < 916


def test_a_blink_changes_the_eyes_and_nothing_else(stage: Stage) -> None:
    acted = act()
    shut = replace(acted, eyes=("closed",) * 5)
    left, top, right, bottom = changed(shoot(stage, acted), shoot(stage, shut))
    assert 360 < left < right < 720
    assert 560 < top < bottom < 740


def test_a_mouth_or_eyes_that_were_not_drawn_fall_back_to_rest_and_open(stage: Stage) -> None:
    acted = replace(act(), mouths=("rest",) * 5)
    odd = replace(acted, mouths=("u",) * 5, eyes=("half",) * 5)
    assert np.array_equal(shoot(stage, acted).frame, shoot(stage, odd).frame)


def test_the_body_never_leaves_the_lower_edge() -> None:
    acted = act(frames=60)
    for at in range(60):
        corners = body_pose(acted, at) @ np.array([[200, 880], [HEIGHT, HEIGHT], [1, 1]])
        assert corners[1].min() >= HEIGHT - 1e-6


def test_the_neck_is_where_the_head_turns() -> None:
    acted = replace(act(), roll=np.full(5, 8.0), turn=np.zeros(5), nod=np.zeros(5))
    neck = np.array([*NECK, 1])
    assert np.allclose(puppet.head_pose(acted, 2, 8.0) @ neck, body_pose(acted, 2) @ neck)


def test_an_unmoved_stamp_lands_on_its_own_pixels() -> None:
    canvas = Canvas()
    stamp(canvas, plate((101, 203, 51, 77), WHITE), np.eye(3))
    assert cv2.boundingRect(canvas.y) == (101, 203, 51, 77)
    assert set(np.unique(canvas.y)) == {0, 235}
    assert canvas.u[120, 60] == canvas.v[120, 60] == 128


def test_half_a_pixel_is_half_a_shade() -> None:
    canvas = Canvas()
    stamp(canvas, plate((100, 100, 50, 50), (200, 128, 128, 255)), shift(0.5, 0))
    assert canvas.y[120, 99:102].tolist() == [0, 100, 200]


@pytest.mark.parametrize("by", [(-2000, 0), (0, 3000), (-60, -60), (WIDTH - 120, HEIGHT - 120)])
def test_what_leaves_the_frame_is_left_out(by: tuple[int, int]) -> None:
    canvas = Canvas()
    stamp(canvas, plate((90, 90, 60, 60), WHITE), shift(*by))
    seen = np.count_nonzero(canvas.y)
    assert seen == {-2000: 0, 0: 0, -60: 60 * 60, WIDTH - 120: 900}[by[0]]


def test_a_cover_is_a_jpeg_of_the_whole_frame(stage: Stage) -> None:
    picture = cv2.imdecode(np.frombuffer(stage.cover(act()), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(
    ("bgra", "yuva"),
    [
        ((255, 255, 255, 255), WHITE),
        ((0, 0, 0, 255), BLACK),
        ((0, 0, 255, 255), (63, 102, 240, 255)),  # ITU-R BT.709-6 red, 8 bits
        ((255, 0, 0, 255), (32, 240, 118, 255)),
        ((9, 9, 9, 0), (0, 0, 0, 0)),
    ],
)
def test_colours_are_bt709(bgra: tuple[int, ...], yuva: tuple[int, ...]) -> None:
    made = planes.to_yuva(np.full((2, 2, 4), bgra, np.uint8))[0, 0]
    assert np.abs(made.astype(int) - yuva).max() <= 1


def test_colours_survive_the_way_there_and_back() -> None:
    bgr = np.full((4, 4, 3), (40, 90, 200), np.uint8)
    yuva = planes.to_yuva(np.dstack([bgr, np.full((4, 4), 255, np.uint8)]))
    back = planes.to_bgr(yuva[:, :, 0], yuva[::2, ::2, 1], yuva[::2, ::2, 2])
    assert np.abs(back.astype(int) - bgr).max() <= 2


DOT = lay("dot", (100, 100, 40, 40), '<circle cx="-420" cy="120" r="10" fill="#ffffff"/>')


def drawn(layer: Layer, cache: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return planes.rasterise(layer, cache).pixels


def test_a_layer_is_cropped_to_what_is_drawn(tmp_path: Path) -> None:
    assert planes.rasterise(DOT, tmp_path).box == (110, 110, 20, 20)


def test_a_warm_cache_is_not_drawn_again(tmp_path: Path) -> None:
    drawn(DOT, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(cv2.imencode(".png", np.full((40, 40, 4), 255, np.uint8))[1].tobytes())
    assert drawn(DOT, tmp_path).shape == (40, 40, 4)


@pytest.mark.parametrize("content", [b"", b"torn", None])
def test_a_torn_cache_entry_is_drawn_again(tmp_path: Path, content: bytes | None) -> None:
    first = drawn(DOT, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-30] if content is None else content)
    assert np.array_equal(drawn(DOT, tmp_path), first)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert drawn(DOT, tmp_path / "file" / "cache").any()


def save(path: Path, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, picture)[1].tobytes())
    return path


@pytest.mark.parametrize("size", [(300, 200), (100, 3000), (2400, 1350)])
def test_a_picture_of_any_shape_fills_the_frame_while_it_floats(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    white = save(tmp_path / "own.png", np.full((*size, 3), 255, np.uint8))
    stage = Stage(paint=Floating(white).paint)
    acted = act(frames=40)
    for at in (0, int(np.abs(acted.lean).argmax()), int(np.abs(acted.lift).argmax())):
        assert shoot(stage, acted, at).y.min() == 235


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path / "words.png"):
        (tmp_path / "words.png").write_text("words")
        with pytest.raises(ConfigError, match=path.name):
            planes.load_picture(path)


def test_a_picture_is_known_by_its_header(tmp_path: Path) -> None:
    for name in ("own.png", "own.jpg", "own.jpeg"):
        own = save(tmp_path / name, np.zeros((40, 30, 3), np.uint8))
        assert probe.size(own) == (30, 40)
        assert planes.load_picture(own).shape == (40, 30, 3)


def test_one_that_is_too_large_is_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: object) -> None:
        raise AssertionError("a picture of 16000 x 16000 takes 1.5 GB")

    wide = save(tmp_path / "wide.png", np.zeros((1, planes.LARGEST + 1), np.uint8))
    monkeypatch.setattr(cv2, "imdecode", decoded)
    with pytest.raises(ConfigError, match="at most 8192 pixels a side"):
        planes.load_picture(wide)


def own_layers(folder: Path, *names: str, height: int = HEIGHT) -> Path:
    layer = np.zeros((height, WIDTH, 4), np.uint8)
    layer[700:900, 400:600] = 255
    for name in names:
        save(folder / f"{name}.png", layer)
    return folder


def test_own_layers_need_no_more_than_head_and_body(tmp_path: Path) -> None:
    cast = puppet.load_folder(own_layers(tmp_path, "head", "body"))
    assert {name: plate.box for name, plate in cast.items()} == {
        "head": (400, 700, 200, 200),
        "body": (400, 700, 200, 200),
    }


def test_own_layers_without_a_body_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"body\.png is missing"):
        puppet.load_folder(own_layers(tmp_path, "head"))


def test_own_layers_of_another_size_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.png is not 1080x1920"):
        puppet.load_folder(own_layers(tmp_path, "head", "body", height=1000))


def test_own_layers_without_transparency_are_refused(tmp_path: Path) -> None:
    own_layers(tmp_path, "head", "body")
    save(tmp_path / "body.png", np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    with pytest.raises(ConfigError, match=r"body\.png has no transparency"):
        puppet.load_folder(tmp_path)
