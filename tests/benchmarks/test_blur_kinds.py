from __future__ import annotations

from pathlib import Path

from tests.benchmarks.blur_kinds import photographs


def listed(folder: Path, origins: dict[str, int]) -> list[str]:
    """Writes a list of so many photographs of each origin."""
    rows = [
        (f"{name}{n}.webp", f"{name}/{n}.jpg") for name in origins for n in range(origins[name])
    ]
    lines = ["file\torigin", *(f"{file}\t{origin}" for file, origin in rows)]
    (folder / "sharp.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [file for file, _ in rows]


def test_a_photograph_is_either_held_back_or_not(tmp_path: Path) -> None:
    files = listed(tmp_path, {"people": 20, "trees": 41, "one": 1})

    held, others = (photographs(tmp_path, held_back=back) for back in (True, False))

    assert sorted(held + others) == sorted(files)
    assert not set(held) & set(others)


def test_every_origin_has_its_share_of_what_is_held_back(tmp_path: Path) -> None:
    listed(tmp_path, {"people": 20, "trees": 40})

    held = photographs(tmp_path, held_back=True)

    assert sum(file.startswith("people") for file in held) == 5
    assert sum(file.startswith("trees") for file in held) == 10


def test_which_are_held_back_does_not_depend_on_the_order_of_the_list(tmp_path: Path) -> None:
    files = listed(tmp_path, {"people": 20})
    before = photographs(tmp_path, held_back=True)
    lines = ["file\torigin", *(f"{file}\tpeople/{file}" for file in reversed(files))]
    (tmp_path / "sharp.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert photographs(tmp_path, held_back=True) == before


def test_pictures_that_are_no_sharp_photographs_are_left_out(tmp_path: Path) -> None:
    lines = ["file\torigin", "404746a6.webp\tprints/1.jpg", "12345678.webp\tprints/2.jpg"]
    (tmp_path / "sharp.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    both = [*photographs(tmp_path, held_back=True), *photographs(tmp_path, held_back=False)]

    assert both == ["12345678.webp"]
