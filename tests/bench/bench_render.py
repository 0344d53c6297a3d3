"""Print how long filming takes beside x264 alone on the same finished frames.

Run it with Python, not pytest; a character's id may follow. Runs are interleaved; the figures are
medians of wall time. The finished frames (captions burned) lie in a temporary file, 3 MB each.
"""

import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from statistics import median

import numpy as np

from elite8.core.config import Config
from elite8.core.domain.character import Character
from elite8.core.places import config_dir
from elite8.core.production import ffmpeg
from elite8.core.production.local import fonts, performance, puppet
from elite8.core.production.local.canvas import Canvas

FPS, SECONDS, ROUNDS = 30, 15, 3
ASS = """[Script Info]
PlayResX: 1080
PlayResY: 1920
[V4+ Styles]
Format: Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,Bold,Outline,Alignment,MarginV
Style: Line,Noto Sans CJK JP,84,&H00FFFFFF,&H00C080FF,-1,6,2,560
[Events]
Format: Layer,Start,End,Style,Text
"""


def act(character: Character, seed: int = 1) -> performance.Performance:
    """Return a performance that speaks two seconds of every three, a shape for three frames."""
    frames = SECONDS * FPS
    rng = np.random.default_rng(seed)
    drawn = rng.choice(["a", "i", "u", "e", "o"], frames).tolist()
    mouths = ["rest" if at // FPS % 3 == 0 else drawn[at // 3] for at in range(frames - FPS)]
    return performance.perform(
        duration=SECONDS,
        fps=FPS,
        motion=character.motion,
        tempo=character.music.tempo,
        mouths=mouths,
        energy=[0.0 if shape == "rest" else 0.6 for shape in mouths],
        seed=seed,
    )


def write_inputs(folder: Path) -> ffmpeg.Assembly:
    """Write a noisy WAV and karaoke captions; return what assembles them."""
    noise = np.random.default_rng(0).normal(0, 3000, (SECONDS * 48_000, 2)).astype("<i2")
    with wave.open(str(folder / "mix.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(noise.tobytes())
    words = "".join(f"{{\\kf25}}word{at} " for at in range(6))
    events = (
        f"Dialogue: 0,0:00:{at:02}.00,0:00:{at + 1:02}.50,Line,{words}"
        for at in range(0, SECONDS - 1, 2)
    )
    (folder / "captions.ass").write_text(ASS + "\n".join(events) + "\n", encoding="utf-8")
    return ffmpeg.Assembly(
        output=folder / "out.mp4",
        frames=SECONDS * FPS,
        sound=folder / "mix.wav",
        captions=folder / "captions.ass",
        fonts=fonts.folder(),
    )


def dump(assembly: ffmpeg.Assembly, stage: puppet.Stage, acted: performance.Performance) -> Path:
    """Return the file with the finished frames, captions burned, as x264 would be given them."""
    raw = assembly.output.with_suffix(".yuv")
    given = ffmpeg.command(assembly)
    encoder = given.index("-c:v")
    burn = (*given[:encoder], "-map", "-1:a", "-f", "rawvideo", str(raw))
    child = subprocess.Popen([ffmpeg.executable(), *burn], stdin=subprocess.PIPE)
    assert child.stdin
    for frame in stage.frames(acted):
        child.stdin.write(frame.data)
    child.stdin.close()
    assert child.wait() == 0
    return raw


def encode_alone(assembly: ffmpeg.Assembly, raw: Path) -> float:
    """Return the seconds x264 needs for the frames in `raw`, read as fast as it can."""
    size = ("-s", f"{assembly.width}x{assembly.height}", "-r", f"{FPS}")
    read = ("-f", "rawvideo", "-pix_fmt", "yuv420p", *ffmpeg.BT709, *size, "-i", str(raw))
    given = ffmpeg.command(assembly)
    encode = given[given.index("-c:v") : given.index("-c:a")]
    start = time.perf_counter()
    ffmpeg.run(("-loglevel", "error", *read, *encode, "-f", "null", "-"))
    return time.perf_counter() - start


def load(character: Character, cache: Path) -> tuple[puppet.Stage, float]:
    start = time.perf_counter()
    return puppet.load(character.look, seed=1, cache=cache), time.perf_counter() - start


def film(assembly: ffmpeg.Assembly, stage: puppet.Stage, acted: performance.Performance) -> float:
    start = time.perf_counter()
    ffmpeg.encode(assembly, stage.frames(acted)).replace(assembly.output)
    return time.perf_counter() - start


def compose(stage: puppet.Stage, acted: performance.Performance) -> float:
    """Return the CPU seconds of painting every frame on one thread."""
    reel = [Canvas() for _ in range(puppet.MOST)]
    start = time.process_time()
    for at, count in puppet.shots(acted):
        stage.paint(reel[:count], acted, at)
    return time.process_time() - start


def main() -> None:
    roster = Config(config_dir()[0]).roster
    character = roster.named(sys.argv[1] if len(sys.argv) > 1 else "miyuki")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        print(f"load, cold: {load(character, folder)[1]:.2f} s")
        stage, warm = load(character, folder)
        print(f"load, warm: {warm:.2f} s")
        acted, assembly = act(character), write_inputs(folder)
        raw = dump(assembly, stage, acted)
        alone, filmed, composed = [], [], []
        for _ in range(ROUNDS):
            alone.append(encode_alone(assembly, raw))
            filmed.append(film(assembly, stage, acted))
            composed.append(compose(stage, acted))
        print(f"x264 alone {median(alone):.2f} s, filmed {median(filmed):.2f} s")
        print(
            f"ratio {median(filmed) / median(alone):.2f}, output {assembly.output.stat().st_size}"
        )
        print(f"composing {median(composed) / len(acted) * 1000:.2f} ms of CPU a frame")


if __name__ == "__main__":
    main()
