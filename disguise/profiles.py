"""How strongly a voice is disguised."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal, get_args

from hattama.disguise.errors import ProfileError

ProfileName = Literal["natural", "strong", "whisper"]
"""Profiles that come with the program."""


@dataclass(frozen=True)
class Profile:
    """Settings of a disguise.

    Raises
    ------
    ProfileError
        When a value is out of its range.
    """

    name: str
    """What the operator reads; 1 to 40 characters."""

    normalisation: float = 1.0
    """How far the length of the speaker's vocal tract, his long-term spectrum and its spread give
    way to everybody's, 0 to 1."""

    cepstra: int = 24
    """Detail of the envelope that is kept: cepstral coefficients, 8 to 24."""

    mapping: float = 1.0
    """How far each sound is replaced by how people in general say it, below 1 kHz, 0 to 1."""

    mapping_high: float = 0.5
    """The same above 2.5 kHz; between the two it goes over from one to the other. What is not
    replaced keeps words, and gives CAM++ more of the speaker than GE2E."""

    remainder: float = 1.1
    """How often what is left of the speaker on average, in each of a few kinds of sound, is taken
    off loud sounds: 0 not at all, 1 as often as it was found, more where it is thought to be found
    in part only; 0 to 3."""

    bias: float = 1.3
    """How often what the remainder misses of him, his mean over all sounds, is taken off them as
    well. More than once goes past him, by an amount that hangs on what he says and that no secret
    tells; it hides him from GE2E above all and costs words (docs/disguise-design.md); 0 to 4."""

    voiced: bool = True
    """Whether there is a voice at all; without one the disguise whispers."""

    voicing: float = 0.0
    """How far sounds are voiced as the speaker voices them: 1 altogether; 0 not at all, then all
    that is said has a voice, and only pauses and what lies above `noise_above_hz` are noise."""

    pitch_contour: float = 0.5
    """How much of the intonation is kept: 1 all of it, 0 a monotone."""

    lowest_pitch_hz: float = 72.0
    """The secret pitch of a session is at least this, 60 to 400."""

    highest_pitch_hz: float = 175.0
    """The secret pitch of a session is at most this, 60 to 400."""

    bass_from_hz: float = 270.0
    """Below this the envelope goes on as it is here, about everybody's shape, Hz: words are hardly
    there, and much of the speaker is; 0 to 600, 0 keeps all."""

    warp: float = 0.18
    """The secret factor on all formants lies between 1 / (1 + warp) and 1 + warp; 0 to 0.6."""

    bend: float = 0.0
    """Secret factors, at most 1 + bend, on four regions of the formants of their own; 0 to 0.4."""

    twist: float = 0.4
    """How far the secret voice forms its sounds unlike the average voice, in the measure of how far
    people differ: 0 not at all, 1 as they do; 0 to 3."""

    tilt: float = 0.0
    """The same for how dark or bright it is: the main way in which people's long-term spectra
    differ. It costs many words for what it hides; 0 to 4."""

    colour: float = 1.7
    """The same for the four other ways in which their long-term spectra differ that verification
    systems hear most; 0 to 4."""

    shade: float = 0.5
    """The same for the five that are left, which they hardly hear; 0 to 4."""

    bass: float = 26.0
    """How much louder or fainter at most the sound is below the formants, dB, 0 to 36: words are
    hardly there, and one of the two embeddings that measure (GE2E) leans on it."""

    dynamics: float = 1.0
    """How much of the rise and fall of loudness within speech is kept, 0.3 to 1: 1 all of it."""

    breath: float = 0.4
    """Share of noise among the pulses from 1.2 kHz to `noise_above_hz` in voices an octave above
    130 Hz and higher, less below, none under 130 Hz: the harmonics of a high voice lie so far apart
    that the formants are lost between them; 0 to 1."""

    noise_above_hz: float = 4500.0
    """Voiced sounds are noise above this, the same for everybody; 1000 to 7500."""

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ProfileError(
                    "profile setting {name} is {value}; it has to lie between {low} and {high}",
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )
        if not 1 <= len(self.name) <= _LONGEST_NAME:
            raise ProfileError("a profile's name has 1 to 40 characters, not {n}", n=len(self.name))
        if self.lowest_pitch_hz > self.highest_pitch_hz:
            raise ProfileError(
                "lowest_pitch_hz {low} is above highest_pitch_hz {high}; exchange them",
                low=self.lowest_pitch_hz,
                high=self.highest_pitch_hz,
            )


_LONGEST_NAME: Final = 40
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "normalisation": (0.0, 1.0),
    "cepstra": (8, 24),
    "mapping": (0.0, 1.0),
    "mapping_high": (0.0, 1.0),
    "remainder": (0.0, 3.0),
    "bias": (0.0, 4.0),
    "voicing": (0.0, 1.0),
    "pitch_contour": (0.0, 1.0),
    "lowest_pitch_hz": (60.0, 400.0),
    "highest_pitch_hz": (60.0, 400.0),
    "bass_from_hz": (0.0, 600.0),
    "warp": (0.0, 0.6),
    "bend": (0.0, 0.4),
    "twist": (0.0, 3.0),
    "tilt": (0.0, 4.0),
    "colour": (0.0, 4.0),
    "shade": (0.0, 4.0),
    "bass": (0.0, 36.0),
    "dynamics": (0.3, 1.0),
    "breath": (0.0, 1.0),
    "noise_above_hz": (1000.0, 7500.0),
}

NATURAL: Final = Profile(
    name="natural",
    normalisation=0.5,
    mapping=0.0,
    mapping_high=0.0,
    remainder=0.0,
    bias=0.0,
    voicing=1.0,
    pitch_contour=0.8,
    lowest_pitch_hz=90.0,
    highest_pitch_hz=200.0,
    bass_from_hz=0.0,
    warp=0.12,
    bend=0.05,
    twist=0.0,
    tilt=0.0,
    colour=0.0,
    shade=0.0,
    bass=0.0,
    breath=0.0,
)
"""Mild: the easiest to follow. A machine still knows the voice; whether people do is untested."""

STRONG: Final = Profile(name="strong")
"""The default: finding the speaker is made hard for machines, not impossible."""

WHISPER: Final = Profile(
    name="whisper",
    mapping_high=1.0,
    remainder=1.0,
    bias=0.0,
    voiced=False,
    lowest_pitch_hz=70.0,
    highest_pitch_hz=300.0,
    warp=0.3,
    twist=0.45,
    tilt=0.2,
    colour=2.5,
    shade=0.8,
    bass=18.0,
    dynamics=0.7,
    breath=0.0,
)
"""No voicing at all, so nothing of the pitch is left: the strongest, and the hardest to follow."""

PROFILES: Final[dict[ProfileName, Profile]] = {
    "natural": NATURAL,
    "strong": STRONG,
    "whisper": WHISPER,
}
"""The profiles that come with the program, by name."""


def profile(choice: Profile | str) -> Profile:
    """The profile that is meant.

    Parameters
    ----------
    choice
        A profile, the name of one, or the path of a `.toml` file that describes one.

    Raises
    ------
    ProfileError
        When there is no such profile, or the file is not one.
    """
    if isinstance(choice, Profile):
        return choice
    for name in get_args(ProfileName):
        if choice == name:
            return PROFILES[name]
    if choice.endswith(".toml"):
        return read_profile(Path(choice))
    raise ProfileError(
        "there is no disguise profile {choice!r}; choose {names} or give a .toml file",
        choice=choice,
        names=", ".join(get_args(ProfileName)),
    )


def read_profile(path: Path) -> Profile:
    """Read a profile of one's own from TOML.

    Parameters
    ----------
    path
        A file of `setting = value` lines named as the fields of `Profile`; what is left out has
        the value of `strong`. An unknown setting is an error.

    Raises
    ------
    ProfileError
        When the file cannot be read or holds anything but the settings of a profile.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ProfileError(
            "the profile {path} cannot be read: {problem}", path=path, problem=problem
        ) from problem
    settings.setdefault("name", path.stem)
    kinds = {field.name: str(field.type) for field in fields(Profile)}
    for key, value in settings.items():
        _check_setting(path, key, value, kinds)
    return Profile(**settings)


def _check_setting(path: Path, key: str, value: object, kinds: dict[str, str]) -> None:
    if key not in kinds:
        raise ProfileError(
            "the profile {path} has an unknown setting {key!r}; the settings are {known}",
            path=path,
            key=key,
            known=", ".join(kinds),
        )
    allowed: dict[str, tuple[type, ...]] = {
        "str": (str,),
        "bool": (bool,),
        "int": (int,),
        "float": (int, float),
    }
    if type(value) not in allowed[kinds[key]]:
        raise ProfileError(
            "in the profile {path}, {key} is {value!r}; it has to be of type {kind}",
            path=path,
            key=key,
            value=value,
            kind=kinds[key],
        )
