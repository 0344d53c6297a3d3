"""The players: pitched instruments and drums, tuned by spectrum and level, not by ear."""

from elite8.core.production.local.synth import Hit, Patch, hollow, saw

PAD = Patch(
    partials=saw(16, 1.0),
    attack=0.35,
    decay=2.0,
    sustain=0.8,
    release=0.5,
    edge_decay=1.5,
    detune=14,
    cutoff=3_600,
)
STRINGS = Patch(
    partials=saw(18, 1.05),
    attack=0.7,
    decay=3.0,
    sustain=0.9,
    release=0.9,
    edge_decay=4.0,
    detune=10,
    cutoff=3_600,
)
PIANO = Patch(
    partials=saw(18, 1.15),
    attack=0.004,
    decay=1.1,
    release=0.3,
    edge_decay=0.6,
    detune=1.0,
    cutoff=7_000,
)
KEYS = Patch(
    partials=(1, 0.45, 0.3, 0.2, 0.14, 0.1, 0.14, 0.06, 0.06, 0.08),
    attack=0.006,
    decay=1.3,
    release=0.25,
    edge_decay=0.28,
    detune=2.0,
    cutoff=7_000,
    tremolo=0.22,
)
PLUCK = Patch(
    partials=saw(16, 1.0),
    attack=0.003,
    decay=0.22,
    release=0.12,
    edge_decay=0.09,
    detune=8,
    cutoff=7_000,
)
MUTED_GUITAR = Patch(
    partials=(1, 0.8, 0.5, 0.45, 0.2, 0.2, 0.12, 0.1),
    attack=0.002,
    decay=0.14,
    release=0.06,
    edge_decay=0.07,
    detune=3,
    cutoff=6_000,
)
UKULELE = Patch(
    partials=(1, 0.5, 0.38, 0.16, 0.14, 0.07, 0.06),
    attack=0.002,
    decay=0.35,
    release=0.12,
    edge_decay=0.16,
    detune=5,
    cutoff=7_000,
)
MARIMBA = Patch(
    partials=(1, 0.0, 0.0, 0.32, 0.0, 0.0, 0.0, 0.0, 0.06),
    attack=0.002,
    decay=0.24,
    release=0.1,
    edge_decay=0.05,
    detune=2,
    cutoff=8_000,
)
BELL = Patch(
    partials=(1, 0.0, 0.22, 0.0, 0.1),
    attack=0.002,
    decay=0.7,
    release=0.4,
    edge_decay=0.25,
    detune=4,
    cutoff=9_000,
)
SAW_LEAD = Patch(
    partials=saw(18, 0.9),
    attack=0.003,
    decay=0.16,
    sustain=0.15,
    release=0.06,
    edge_decay=0.1,
    detune=12,
    cutoff=6_000,
)
WARM_SAWS = Patch(
    partials=saw(20, 0.9),
    attack=0.15,
    decay=2.0,
    sustain=0.85,
    release=0.4,
    edge_decay=2.5,
    detune=24,
    cutoff=3_600,
)
SAW_BASS = Patch(
    partials=saw(16, 1.0),
    attack=0.003,
    decay=0.35,
    sustain=0.4,
    release=0.04,
    edge_decay=0.12,
    detune=5,
    cutoff=1_200,
)
ROUND_BASS = Patch(
    partials=hollow(7, 1.8),
    attack=0.006,
    decay=0.7,
    sustain=0.45,
    release=0.07,
    edge_decay=0.2,
    detune=0,
    cutoff=1_300,
)
FINGER_BASS = Patch(
    partials=saw(9, 1.3),
    attack=0.004,
    decay=0.6,
    sustain=0.3,
    release=0.06,
    edge_decay=0.12,
    detune=0,
    cutoff=1_500,
)
SUB_BASS = Patch(
    partials=(1, 0.3, 0.12),
    attack=0.012,
    decay=1.2,
    sustain=0.6,
    release=0.1,
    edge_decay=0.3,
    detune=0,
    cutoff=600,
)
POWER_GUITAR = Patch(
    partials=saw(8, 1.0),
    attack=0.004,
    decay=1.6,
    sustain=0.5,
    release=0.05,
    edge_decay=1.2,
    detune=9,
    cutoff=2_600,
    drive=2.2,
)
PALM_MUTE = Patch(
    partials=saw(8, 1.0),
    attack=0.002,
    decay=0.09,
    sustain=0.12,
    release=0.03,
    edge_decay=0.08,
    detune=9,
    cutoff=2_200,
    drive=2.0,
)

CLUB_KICK = Hit(hz=170, hz_end=56, decay=0.14, noise=0.25, low=2_500, high=7_000, noise_decay=0.004)
SOFT_KICK = Hit(hz=110, hz_end=58, decay=0.13)
ROCK_KICK = Hit(hz=140, hz_end=56, decay=0.1, noise=0.5, low=2_000, high=6_000, noise_decay=0.006)
DUSTY_KICK = Hit(hz=100, hz_end=60, decay=0.09, noise=0.3, low=200, high=900, noise_decay=0.02)
SNARE = Hit(hz=230, hz_end=185, decay=0.07, noise=1.6, low=900, high=9_000, noise_decay=0.07)
ROCK_SNARE = Hit(hz=240, hz_end=190, decay=0.1, noise=1.8, low=600, high=8_000, noise_decay=0.1)
GATED_SNARE = Hit(hz=210, hz_end=170, decay=0.11, noise=1.8, low=500, high=7_000, noise_decay=0.14)
DUSTY_SNARE = Hit(hz=220, hz_end=180, decay=0.06, noise=1.4, low=500, high=4_000, noise_decay=0.06)
RIM = Hit(hz=820, hz_end=800, decay=0.012, noise=0.6, low=1_500, high=5_000, noise_decay=0.01)
CLAP = Hit(noise=1.0, low=900, high=5_500, noise_decay=0.07, claps=3)
HAT = Hit(noise=1.0, low=7_500, high=15_000, noise_decay=0.022, pan=0.25)
OPEN_HAT = Hit(noise=1.0, low=6_500, high=14_000, noise_decay=0.12, pan=0.25)
DULL_HAT = Hit(noise=1.0, low=5_000, high=9_000, noise_decay=0.025, pan=0.2)
SHAKER = Hit(noise=1.0, low=5_500, high=12_000, noise_decay=0.035, pan=-0.35)
CRASH = Hit(noise=1.0, low=4_500, high=13_000, noise_decay=0.5, pan=-0.2)
TOM = Hit(hz=160, hz_end=95, decay=0.16, noise=0.2, low=300, high=2_000, noise_decay=0.03, pan=-0.3)
