"""How each mood sounds: who plays what, from which note up, and how loudly."""

from elite8.core.production.local import instruments as band
from elite8.core.production.local.arrangement import Beat, Part, Style

_EVERY_BAR = "x..............."
_FOUR = "x...x...x...x..."
_BACKBEAT = "....x.......x..."
_EIGHTHS = "x.o.x.o.x.o.x.o."
_SIXTEENTHS = "xoooxoooxoooxooo"

_POP = Style(
    major=("0453", "5304", "0534"),
    minor=("0526", "5026", "0356"),
    pump=0.35,
    room=0.35,
    parts=(
        Part(patch=band.PAD, patterns=(_EVERY_BAR,), low=55, gain=0.22, intro=True),
        Part(
            patch=band.PLUCK,
            patterns=("x..x..x...x.x...", "x..x..x.x..x..x."),
            low=60,
            gain=0.42,
            spread=0.2,
            intro=True,
        ),
        Part(patch=band.BELL, patterns=("....2...3...1...", "..4...3.....2..."), low=72, gain=0.1),
        Part(
            patch=band.FINGER_BASS,
            patterns=("0.0.0.0.0.0.0.2.", "0..0..0.0..0..2."),
            low=36,
            gain=0.37,
            rooted=True,
            gate=0.85,
        ),
    ),
    beats=(
        Beat(drum=band.CLUB_KICK, patterns=(_FOUR,), gain=0.44, closes=True),
        Beat(drum=band.CLAP, patterns=(_BACKBEAT,), gain=0.2, fills=("....x.......x.xx",)),
        Beat(drum=band.HAT, patterns=("..x...x...x...x.", _EIGHTHS), gain=0.1),
    ),
)

_SYNTHWAVE = Style(
    major=("0534", "0453"),
    minor=("0526", "0536", "5600"),
    pump=0.3,
    room=0.6,
    room_seconds=1.6,
    parts=(
        Part(patch=band.WARM_SAWS, patterns=(_EVERY_BAR,), low=54, gain=0.3, intro=True),
        Part(
            patch=band.SAW_LEAD,
            patterns=("0123012301230123", "0213021302130213", "0.120.120.123.21"),
            low=66,
            gain=0.14,
            spread=0.5,
            intro=True,
        ),
        Part(
            patch=band.SAW_BASS,
            patterns=("0030003000300030", "0.030.030.030.03"),
            low=38,
            gain=0.34,
            rooted=True,
            gate=0.8,
        ),
    ),
    beats=(
        Beat(drum=band.CLUB_KICK, patterns=(_FOUR,), gain=0.44, closes=True),
        Beat(
            drum=band.GATED_SNARE,
            patterns=(_BACKBEAT,),
            gain=0.36,
            fills=("....x.......xxxx", "....x.....x.x.x."),
        ),
        Beat(drum=band.HAT, patterns=("..x...x...x...x.", _SIXTEENTHS), gain=0.07),
    ),
)

_BALLAD = Style(
    major=("0453", "0524", "0345"),
    minor=("0526", "0356", "0523"),
    room=0.8,
    room_seconds=2.2,
    parts=(
        Part(
            patch=band.PIANO,
            patterns=("0.1.2.3.4.3.2.1.", "0.2.3.4.5.4.3.2.", "0.2.1.3.2.4.3.1."),
            low=57,
            gain=0.4,
            gate=2.2,
            spread=0.15,
            intro=True,
        ),
        Part(
            patch=band.PIANO,
            patterns=("0.......2.......",),
            low=38,
            gain=0.38,
            rooted=True,
            intro=True,
        ),
        Part(patch=band.STRINGS, patterns=(_EVERY_BAR,), low=55, gain=0.3),
        Part(
            patch=band.SUB_BASS,
            patterns=(_EVERY_BAR.replace("x", "0"),),
            low=31,
            gain=0.25,
            rooted=True,
        ),
    ),
)

_CORPORATE = Style(
    major=("0435", "0453", "0345"),
    minor=("0526", "0356"),
    room=0.45,
    room_seconds=1.4,
    parts=(
        Part(
            patch=band.MUTED_GUITAR,
            patterns=("0.0.2.0.0.0.2.3.", "0.0.1.0.2.0.1.0."),
            low=55,
            gain=0.4,
            spread=0.3,
            intro=True,
        ),
        Part(patch=band.STRINGS, patterns=(_EVERY_BAR,), low=55, gain=0.22, intro=True),
        Part(
            patch=band.PIANO, patterns=("x.....x.........", "x.......x......."), low=62, gain=0.26
        ),
        Part(patch=band.BELL, patterns=("........4.......", "....3.......4..."), low=67, gain=0.1),
        Part(
            patch=band.ROUND_BASS,
            patterns=("0.....0.0.......", "0.......0...0..."),
            low=38,
            gain=0.34,
            rooted=True,
            gate=0.9,
        ),
    ),
    beats=(
        Beat(
            drum=band.SOFT_KICK,
            patterns=("x.......x.......", "x.....x.x......."),
            gain=0.40,
            closes=True,
        ),
        Beat(drum=band.CLAP, patterns=(_BACKBEAT,), gain=0.11),
        Beat(drum=band.SHAKER, patterns=(_SIXTEENTHS, _EIGHTHS), gain=0.06),
    ),
)

_CHILL = Style(
    major=("0352", "3052", "5304"),
    minor=("0526", "3026", "0352"),
    sevenths=True,
    swing=0.12,
    pump=0.15,
    room=0.7,
    room_seconds=2.0,
    parts=(
        Part(
            patch=band.KEYS,
            patterns=("x.....x.........", "x.........x....."),
            low=54,
            gain=0.42,
            strum=0.012,
            intro=True,
        ),
        Part(patch=band.PAD, patterns=(_EVERY_BAR,), low=52, gain=0.16, intro=True),
        Part(
            patch=band.BELL,
            patterns=("....3.....5.4...", "......4...3.....", "..5.4.......3..."),
            low=66,
            gain=0.13,
            spread=0.6,
        ),
        Part(
            patch=band.SUB_BASS,
            patterns=("0.........0.....", "0.....0...2....."),
            low=36,
            gain=0.34,
            rooted=True,
            gate=0.9,
        ),
    ),
    beats=(
        Beat(
            drum=band.SOFT_KICK,
            patterns=("x.........x.....", "x.....x...x....."),
            gain=0.40,
            closes=True,
        ),
        Beat(drum=band.RIM, patterns=(_BACKBEAT,), gain=0.12, fills=("....x.......x..x",)),
        Beat(drum=band.SHAKER, patterns=(_EIGHTHS,), gain=0.05),
    ),
)

_LOFI = Style(
    major=("1405", "3254", "0513"),
    minor=("0362", "3625", "0526"),
    sevenths=True,
    swing=0.28,
    room=0.3,
    room_seconds=0.9,
    dust=0.16,
    parts=(
        Part(
            patch=band.KEYS,
            patterns=("x.....x...x.....", "x...x.....x.....", "x..x......x..x.."),
            low=51,
            gain=0.45,
            gate=0.9,
            strum=0.022,
            intro=True,
        ),
        Part(
            patch=band.MARIMBA,
            patterns=("......4...3...2.", "..3.....5......."),
            low=60,
            gain=0.14,
            spread=0.4,
        ),
        Part(
            patch=band.ROUND_BASS,
            patterns=("0.....0...2.....", "0..0......0...2."),
            low=35,
            gain=0.37,
            rooted=True,
            gate=0.9,
        ),
    ),
    beats=(
        Beat(
            drum=band.DUSTY_KICK,
            patterns=("x.....x...x.....", "x......xx......."),
            gain=0.44,
            closes=True,
        ),
        Beat(drum=band.DUSTY_SNARE, patterns=(_BACKBEAT,), gain=0.3, fills=("....x.......x.o.",)),
        Beat(drum=band.DULL_HAT, patterns=(_EIGHTHS, "x.o.x.oox.o.x.o."), gain=0.07),
    ),
)

_BRIGHT = Style(
    major=("0345", "0453", "0354"),
    minor=("0356", "0526"),
    swing=0.06,
    room=0.4,
    room_seconds=1.0,
    parts=(
        Part(
            patch=band.UKULELE,
            patterns=("x...x.x...x.x.x.", "x..x..x.x..x..x."),
            low=62,
            gain=0.42,
            strum=0.009,
            spread=0.15,
            intro=True,
        ),
        Part(
            patch=band.MARIMBA,
            patterns=("0.2.3.2.1.2.3.2.", "3.2.1.0.3.2.4.2.", "0..2..3.4..3..2."),
            low=65,
            gain=0.26,
            spread=0.5,
        ),
        Part(
            patch=band.BELL,
            patterns=("............4...", "4.......5......."),
            low=72,
            gain=0.09,
            spread=0.3,
        ),
        Part(
            patch=band.ROUND_BASS,
            patterns=("0...2...0...2...", "0...2...0.0.2..."),
            low=36,
            gain=0.37,
            rooted=True,
            gate=0.6,
        ),
    ),
    beats=(
        Beat(
            drum=band.SOFT_KICK,
            patterns=("x.......x.......", "x.......x.x....."),
            gain=0.40,
            closes=True,
        ),
        Beat(
            drum=band.CLAP,
            patterns=(_BACKBEAT,),
            gain=0.18,
            fills=("....x...x.x.x...",),
            intro=True,
        ),
        Beat(drum=band.SHAKER, patterns=(_SIXTEENTHS,), gain=0.07),
    ),
)

_ROCK = Style(
    major=("0453", "0343", "0634"),
    minor=("0526", "0536", "0065"),
    room=0.3,
    room_seconds=1.0,
    parts=(
        Part(
            patch=band.PALM_MUTE,
            patterns=("0.0.0.0.0.0.0.0.", "0.0000.000.0000."),
            low=40,
            gain=0.42,
            rooted=True,
            spread=0.35,
            intro=True,
        ),
        Part(
            patch=band.POWER_GUITAR,
            patterns=("0.....0...0.....", "0.......0.....0."),
            low=40,
            gain=0.4,
            rooted=True,
            gate=0.95,
        ),
        Part(
            patch=band.FINGER_BASS,
            patterns=("0.0.0.0.0.0.0.0.", "0.0.0.0.0.0.0.2."),
            low=28,
            gain=0.34,
            rooted=True,
            gate=0.85,
        ),
    ),
    beats=(
        Beat(
            drum=band.ROCK_KICK,
            patterns=("x.....x.x.......", "x..x..x.x.x....."),
            gain=0.48,
            closes=True,
        ),
        Beat(
            drum=band.ROCK_SNARE,
            patterns=(_BACKBEAT,),
            gain=0.42,
            fills=("....x...x.x.xxxx", "....x.......xoxx"),
        ),
        Beat(
            drum=band.TOM,
            patterns=("................",),
            gain=0.35,
            fills=("........x.xx....", "..........x.x.x."),
        ),
        Beat(drum=band.OPEN_HAT, patterns=(_EIGHTHS, _FOUR), gain=0.09),
        Beat(
            drum=band.CRASH,
            patterns=("................",),
            gain=0.12,
            fills=(_EVERY_BAR,),
            closes=True,
        ),
    ),
)

STYLES: dict[str, Style] = {
    "pop": _POP,
    "synthwave": _SYNTHWAVE,
    "ballad": _BALLAD,
    "corporate": _CORPORATE,
    "chill": _CHILL,
    "lofi": _LOFI,
    "bright": _BRIGHT,
    "rock": _ROCK,
}
