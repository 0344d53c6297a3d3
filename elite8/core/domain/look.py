"""What the drawn artwork of a performer is made of: shapes by name, colours by value."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]

HairStyle = Literal[
    "side_ponytail",
    "asymmetric_bob",
    "long_wavy",
    "low_bun",
    "tousled_lob",
    "half_tied",
    "short_bob",
    "swept_back",
]
EyeShape = Literal["round", "almond", "gentle", "sharp", "narrow"]
BrowShape = Literal["soft", "straight", "arched", "strong"]
FaceShape = Literal["oval", "heart", "soft", "angular", "square"]
OutfitStyle = Literal[
    "stage_jacket",
    "techwear",
    "lace_knit",
    "blazer",
    "linen_shirt",
    "work_jacket",
    "cardigan",
    "leather_jacket",
]
Accessory = Literal[
    "choker",
    "headset",
    "flower_clip",
    "glasses",
    "shell_necklace",
    "hairpin",
    "chain",
    "stud_earrings",
    "drop_earrings",
    "stubble",
]
Scene = Literal[
    "stage", "neon_city", "garden", "office", "seaside", "studio", "bookshop", "rooftop"
]
Particles = Literal[
    "petals", "sparks", "fireflies", "motes", "bubbles", "paint", "leaves", "embers"
]


class Part(BaseModel):
    """A frozen piece of a look that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Hair(Part):
    """The hair: one colour from the root, one towards the tips, one for a streak or ribbon."""

    style: HairStyle
    colour: Colour = Field(description="Main colour, at the crown.")
    tips: Colour = Field(description="Colour the ends fade to; the main colour for no fade.")
    accent: Colour = Field(description="Streak, tie or ribbon in the hair.")


class Eyes(Part):
    """The eyes: the iris runs from `iris` under the lid to `glow` at its lower edge."""

    shape: EyeShape
    iris: Colour = Field(description="Upper, darker colour of the iris.")
    glow: Colour = Field(description="Lower, lighter colour of the iris.")
    lashes: Colour = Field(description="Colour of the upper lash line.")


class Brows(Part):
    """The brows."""

    shape: BrowShape
    colour: Colour


class Face(Part):
    """Skin and the shape of the face."""

    shape: FaceShape
    skin: Colour = Field(description="Skin in the light; shadows are made from it.")
    blush: Colour = Field(description="Colour on the cheeks.")
    lips: Colour


class Outfit(Part):
    """The clothes of the upper body."""

    style: OutfitStyle
    main: Colour = Field(description="The outer garment.")
    inner: Colour = Field(description="What is worn under it.")
    trim: Colour = Field(description="Edges, piping, lace, stripes.")
    accent: Colour = Field(description="Small parts: buttons, ribbon, zip, jewellery.")


class Backdrop(Part):
    """Where they stand."""

    scene: Scene
    sky_top: Colour = Field(description="Upper end of the background's gradient.")
    sky_bottom: Colour = Field(description="Lower end of the background's gradient.")
    accent: Colour = Field(description="Signs, lamps, flowers: what stands out in the scene.")
    light: Colour = Field(description="The light that also falls on the figure's rim.")
    particles: Particles


class Look(Part):
    """A performer as a layered vector portrait: always an adult, always fictional."""

    build: Literal["woman", "man"] = Field(description="Proportions of face, neck and shoulders.")
    face: Face
    eyes: Eyes
    brows: Brows
    hair: Hair
    outfit: Outfit
    accessories: tuple[Accessory, ...] = ()
    background: Backdrop
