"""The answers about a world: its description, and the prompts of its pictures."""

from pydantic import BaseModel, Field


class Location(BaseModel):
    """A place worth a visit."""

    name: str
    description: str
    significance: str = ""
    visual_style: str = ""


class TypicalCharacter(BaseModel):
    """A kind of inhabitant."""

    type: str
    description: str
    role: str = ""
    characteristics: list[str] = Field(default_factory=list)


class Details(BaseModel):
    """Further facts of a world."""

    climate: str = ""
    resources: str = ""
    conflicts: str = ""
    traditions: str = ""
    technology: str = ""
    magic_system: str = ""
    time_period: str = ""
    language: str = ""
    custom_details: list[str] = Field(default_factory=list)


class WorldDescription(BaseModel):
    """A world, described."""

    name: str = Field(min_length=1)
    description: str = Field(min_length=1)
    theme: str
    technology_level: str
    social_structure: str
    culture: str
    geography: str
    visual_style: str
    history: str
    notable_locations: list[Location]
    typical_characters: list[TypicalCharacter] = Field(default_factory=list)
    common_activities: list[str] = Field(default_factory=list)
    additional_details: Details = Field(default_factory=Details)


class WorldPictures(BaseModel):
    """Prompts for the world's header and icon."""

    header_prompt: str = Field(min_length=1)
    icon_prompt: str = Field(min_length=1)
    style_reference: str = ""
    visual_elements: list[str] = Field(default_factory=list)
    mood: str = ""
    color_palette: list[str] = Field(default_factory=list)


class PicturePrompt(BaseModel):
    """The prompt of one picture."""

    prompt: str = Field(min_length=1)
