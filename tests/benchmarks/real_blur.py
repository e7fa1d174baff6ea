"""What the analysis says of photos that are blurred in truth, and of their sharp ones.

Run `python tests/benchmarks/real_blur.py FOLDER…`. Below each folder, `blur` and `sharp` hold
pictures, as GoPro's and REDS's sequences do; a folder without them is of sharp photographs.
One line a folder says how many of its pictures are told as which kind; `--each` says which.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from unblur.analysis.measurement import Measurement, measure
from unblur.imaging.codec import decode


def said(measured: Measurement) -> str:
    """The kind in one word or a few."""
    if measured.blur is None:
        return "empty"
    if measured.is_partly_blurred:
        return "partly blurred"
    return f"{'' if measured.blur.is_even else 'uneven '}{measured.blur.kind}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    for folder in options.folders:
        pairs = [folder / side for side in ("blur", "sharp") if (folder / side).is_dir()]
        for place in pairs or [folder]:
            counts: Counter[str] = Counter()
            for path in sorted(each for each in place.iterdir() if each.is_file()):
                counts[kind := said(measure(decode(path).pixels))] += 1
                if options.each:
                    sys.stdout.write(f"  {path.name}: {kind}\n")
            sys.stdout.write(f"{place}: {dict(counts.most_common())}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
