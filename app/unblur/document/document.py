"""The immutable description of one edit, and what changed between two of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unblur.document.photo import Photo
from unblur.document.region import Region, RegionId, Subject
from unblur.document.shapes import Shape


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A photo and the regions to restore, composited in order (the last lies on top).

    Where the mask of `protection` is one the photo stays as it is, whatever a region says.
    """

    photo: Photo
    regions: tuple[Region, ...] = ()
    protection: tuple[Shape, ...] = ()

    def region(self, region_id: RegionId) -> Region | None:
        """The region with this identity, or None."""
        return next((region for region in self.regions if region.id == region_id), None)

    def of_subject(self, *subjects: Subject) -> tuple[Region, ...]:
        """The regions of one of these, whatever they are called, the lowest first."""
        return tuple(region for region in self.regions if region.subject in subjects)

    @property
    def people(self) -> tuple[Shape, ...]:
        """The shapes of the people: a region's own, or all but the background's; () for none."""
        for subject in (Subject.PEOPLE, Subject.BACKGROUND):
            for region in self.of_subject(subject):
                if region.shapes:
                    is_people = subject is Subject.PEOPLE
                    return region.shapes if is_people else region.inverted().shapes
        return ()

    def free_name(self, noun: str) -> str:
        """The noun with the first number that no region has in its name yet."""
        taken = {region.name for region in self.regions}
        numbers = range(1, len(taken) + 2)
        return next(f"{noun} {n}" for n in numbers if f"{noun} {n}" not in taken)

    def with_region(self, region: Region) -> Document:
        """The document with `region` in place of the one it supersedes, or added on top."""
        if self.region(region.id) is None:
            return replace(self, regions=(*self.regions, region))
        kept = tuple(region if old.id == region.id else old for old in self.regions)
        return replace(self, regions=kept)

    def without_region(self, region_id: RegionId) -> Document:
        """The document without that region."""
        return replace(self, regions=tuple(r for r in self.regions if r.id != region_id))


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """What a view must do to get from one document to the next."""

    added: frozenset[RegionId] = frozenset()
    removed: frozenset[RegionId] = frozenset()
    remodeled: frozenset[RegionId] = frozenset()  # another model, quality or scale
    reshaped: frozenset[RegionId] = frozenset()  # another mask: shapes or feather
    reblended: frozenset[RegionId] = frozenset()  # strength or visibility
    renamed: frozenset[RegionId] = frozenset()
    is_reordered: bool = False
    is_reprotected: bool = False
    is_other_photo: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether both documents are the same."""
        return self == DocumentDiff()


def diff(before: Document | None, after: Document) -> DocumentDiff:
    """What changed from `before` (None when nothing was open) to `after`."""
    if before is None or before.photo is not after.photo:
        added = frozenset(region.id for region in after.regions)
        return DocumentDiff(added=added, is_other_photo=True)
    old = {region.id: region for region in before.regions}
    new = {region.id: region for region in after.regions}
    pairs = [(old[key], new[key]) for key in new if key in old]
    kept_before = [key for key in old if key in new]
    kept_after = [key for key in new if key in old]
    return DocumentDiff(
        added=frozenset(new.keys() - old.keys()),
        removed=frozenset(old.keys() - new.keys()),
        remodeled=frozenset(b.id for a, b in pairs if a.model != b.model),
        reshaped=frozenset(
            b.id for a, b in pairs if a.shapes != b.shapes or a.feather != b.feather
        ),
        reblended=frozenset(
            b.id for a, b in pairs if a.strength != b.strength or a.is_visible != b.is_visible
        ),
        renamed=frozenset(b.id for a, b in pairs if a.name != b.name),
        is_reordered=kept_before != kept_after,
        is_reprotected=before.protection != after.protection,
    )
