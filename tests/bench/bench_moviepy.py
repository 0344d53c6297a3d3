"""Print how long MoviePy 2 takes for the same picture, captions and sound, per second of video.

MoviePy pins an older Pillow, so it lives in an environment of its own (`peers.py`).
Run: `PYTHONPATH=. python tests/bench/bench_moviepy.py`.
Its film moves two pictures (body, head) over a still and shows each caption word for its time: less
than ours does, with the same encoder settings.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import resvg_py

from elite8.core.config import Config
from elite8.core.production import ffmpeg
from elite8.core.production.local import fonts
from elite8.core.production.local.art.backdrop import draw_backdrop
from elite8.core.production.local.art.figure import draw
from elite8.core.production.local.art.layer import Layer
from tests.bench import peers

ROOT = Path(__file__).parents[2]
SECONDS = 5
BODY = ("hair_back", "body")
HEAD = ("head", "mouth_smile", "eyes_open", "brows", "hair_front", "extras")
COMPOSITION = """
import json, math, sys
from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, TextClip
folder, seconds, font, x264 = sys.argv[1], float(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
still = ImageClip(folder + "/background.png").with_duration(seconds)
body = ImageClip(folder + "/body.png").with_duration(seconds)
head = ImageClip(folder + "/head.png").with_duration(seconds)
body = body.with_position(lambda t: (3 * math.sin(t), 4 * math.sin(2 * t)))
head = head.with_position(lambda t: (9 * math.sin(t), 6 * math.sin(3 * t)))
words = [
    TextClip(font=font, text=f"word {n}", font_size=86, color="white", stroke_color="black",
             stroke_width=6, size=(840, 200)).with_start(n / 2.5).with_duration(0.4)
    .with_position((120, 1200))
    for n in range(int(seconds * 2.5))
]
film = CompositeVideoClip([still, body, head, *words], size=(1080, 1920))
film = film.with_audio(AudioFileClip(folder + "/mix.wav").subclipped(0, seconds))
film.write_videofile(folder + "/moviepy.mp4", fps=30, codec="libx264", audio_codec="aac",
                     preset="superfast", ffmpeg_params=x264, logger=None)
"""


def picture(layers: list[Layer], file: Path) -> None:
    """Write the layers as one full-frame RGBA picture."""
    whole = np.zeros((1920, 1080, 4), np.float32)
    for layer in layers:
        png = resvg_py.svg_to_bytes(svg_string=layer.svg, skip_system_fonts=True)
        drawn = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
        if drawn is None:
            sys.exit(f"{layer.name} cannot be drawn")
        x, y, width, height = layer.box
        part = whole[y : y + height, x : x + width]
        over = drawn[: part.shape[0], : part.shape[1]].astype(np.float32)
        alpha = over[..., 3:] / 255
        part[...] = over * np.array([1, 1, 1, 1]) * alpha + part * (1 - alpha)
        part[..., 3:] = np.maximum(part[..., 3:], alpha * 255)
    cv2.imwrite(str(file), whole.clip(0, 255).astype(np.uint8))


def seconds_of(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    look = Config(ROOT / "config").roster.named("miyuki").look
    layers = {layer.name: layer for layer in draw(look)}
    program = str(Path(sys.executable).with_name("elite8"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["ELITE8_STATE_DIR"] = f"{scratch}/state"
        picture([draw_backdrop(look.background, 0)], folder / "background.png")
        for name, parts in (("body", BODY), ("head", HEAD)):
            picture([layers[part] for part in parts], folder / f"{name}.png")
        make = [program, "generate", "-c", "miyuki", "-l", "en", "--seed", "7"]
        make += ["--out", f"{scratch}/ours", "--duration", "15"]
        seconds_of(make)
        ours = seconds_of(make) / 15
        film = next((folder / "ours").glob("*.mp4"))
        ffmpeg.run(["-v", "error", "-i", str(film), "-vn", f"{scratch}/mix.wav"])
        font, x264 = str(fonts.path()), json.dumps([*ffmpeg.X264, "-pix_fmt", "yuv420p"])
        python = peers.program("moviepy", "python")
        theirs = [python, "-c", COMPOSITION, scratch, str(SECONDS), font, x264]
        moviepy = seconds_of(theirs) / SECONDS
    print(f"elite8 generate, per second of video {ours:6.2f} s   x1.00")
    print(f"MoviePy 2, per second of video       {moviepy:6.2f} s   x{moviepy / ours:.1f}")


if __name__ == "__main__":
    main()
