"""Changes to the profiles of applications; each reads them anew under the lock that other programs take too."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from starling.core.errors import StarlingError
from starling.dictation.text import entries, store
from starling.dictation.text.rules import Profile


def key_of(application: str) -> str:
    """By what profiles are told from each other."""
    return entries.plain(application).casefold()


def put(place: Path, application: str, change: Callable[[Profile], Profile], *, new: bool = True) -> Profile:
    """Change a profile as it is now, or make one and put it last.

    Args:
        place: the folder of the lists.
        application: the profile's name.
        change: makes of the profile what it is to be.
        new: one is made if there is none.

    Raises:
        StarlingError: ``dictation.not_there``; ``dictation.unwritable``, ``dictation.busy``, ``dictation.too_many``.
    """
    with store.changing(place):
        found = store.read_profiles(place, store.no_tell)
        at = _place_of(found, application)
        if at is None and not new:
            raise not_there(application, found)
        wanted = change(Profile(application) if at is None else found[at])
        if at is None:
            found.append(wanted)
        else:
            found[at] = wanted
        if sum(key_of(one.application) == key_of(wanted.application) for one in found) > 1:
            raise StarlingError(
                "dictation.profile_there",
                f"{entries.shown(wanted.application)} has a profile already.",
                "Change that one, or give another name.",
            )
        store.write_profiles(place, found)
    return wanted


def remove(place: Path, applications: Iterable[str]) -> list[tuple[int, Profile]]:
    """Remove profiles; none goes when one is not there. What went, with its place. Raises as :func:`put`."""
    with store.changing(place):
        found = store.read_profiles(place, store.no_tell)
        places = []
        for application in applications:
            at = _place_of(found, application)
            if at is None:
                raise not_there(application, found)
            places.append(at)
        store.write_profiles(place, [one for at, one in enumerate(found) if at not in places])
    return [(at, found[at]) for at in sorted(set(places))]


def bring_back(place: Path, removed: Iterable[tuple[int, Profile]]) -> None:
    """Undo :func:`remove`; one that is there again stays as it is. Raises as it."""
    with store.changing(place):
        found = store.read_profiles(place, store.no_tell)
        for at, profile in removed:
            if _place_of(found, profile.application) is None:
                found.insert(min(at, len(found)), profile)
        store.write_profiles(place, found)


def covered(profiles: Sequence[Profile]) -> dict[int, str]:
    """Profiles that never count, by place, with the earlier one that fits wherever they would."""
    marks: dict[int, str] = {}
    for at, one in enumerate(profiles):
        name = one.application.casefold()
        earlier = (other.application for other in profiles[:at])
        cover = next((other for other in earlier if fnmatch.fnmatchcase(name, other.casefold())), None)
        if cover is not None:
            marks[at] = cover
    return marks


def not_there(application: str, found: Sequence[Profile]) -> StarlingError:
    """What is said of an application without a profile, with the nearest one that has one."""
    names = [one.application for one in found]
    near = difflib.get_close_matches(application, names, n=1)
    fix = f"Did you mean {entries.shown(near[0])}?" if near else "starling profiles list shows what is there."
    return StarlingError("dictation.not_there", f"{entries.shown(application)} has no profile.", fix)


def _place_of(found: Sequence[Profile], application: str) -> int | None:
    key = key_of(application)
    return next((at for at, one in enumerate(found) if key_of(one.application) == key), None)
