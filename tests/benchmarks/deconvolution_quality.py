"""What deconvolution gains, beside scikit-image's solvers, and how long it takes.

    python tests/benchmarks/deconvolution_quality.py known SHARP.png … [--side 256]
    python tests/benchmarks/deconvolution_quality.py levin FOLDER
    python tests/benchmarks/deconvolution_quality.py pairs FOLDER … [--every 6] [--side 512]
    python tests/benchmarks/deconvolution_quality.py speed [--side 1024] [--threads 2]

`known` blurs the middle of sharp pictures by known PSFs, light from outside included, adds
noise, rounds to 8 bits, and solves with the true PSF. scikit-image gets the best of several
settings for every picture; ours is as it comes. `levin` reads the pictures of Levin et al.
(CVPR 2009; `.mat`, needs scipy), `pairs` folders `blur` and `sharp`: real blur, estimated
blindly. PSNR in dB of 8-bit RGB or grey; of `known` and `levin` without a rim of the PSF's
half side, because scikit-image takes what is outside for black or periodic, and in `known`
of the whole picture as well. `levin` is up to a shift, since a blind PSF has no place.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from unblur_models.deconvolution.deconvolve import Effort, Method, Settings, deconvolve
from unblur_models.deconvolution.estimation import estimate_psf
from unblur_models.deconvolution.psf import Psf, similarity
from unblur_models.deconvolution.shapes import disc_psf, drawn_psf, gaussian_psf, motion_psf

Pixels = npt.NDArray[np.float32]
PSFS = {
    "motion 15": motion_psf(15, 30),
    "shake": drawn_psf([(0, 0), (9, 4), (4, 12), (14, 15)]),
    "disc 4": disc_psf(4),
    "Gaussian 2": gaussian_psf(2),
}
NOISE_LEVELS = (1, 3)  # of 255
BALANCES = (0.002, 0.01, 0.03, 0.1, 0.3)  # of scikit-image's Wiener
ROUNDS = (10, 30)  # of its Richardson–Lucy
LEVIN_NOISE = 0.005
LEVIN_SIDE = 27
PAIR_SETTINGS = (
    (Method.HYPER_LAPLACIAN, 0.01),
    (Method.HYPER_LAPLACIAN, 0.03),
    (Method.HYPER_LAPLACIAN, 0.1),
    (Method.WIENER, 0.03),
)
STRENGTHS = (1.0, 0.5)  # how much of the change is added to the blurred picture


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    kinds = parser.add_subparsers(dest="kind", required=True)
    known = kinds.add_parser("known")
    known.add_argument("sharp", type=Path, nargs="+")
    known.add_argument("--side", type=int, default=256)
    levin = kinds.add_parser("levin")
    levin.add_argument("folder", type=Path)
    pairs = kinds.add_parser("pairs")
    pairs.add_argument("folders", type=Path, nargs="+")
    pairs.add_argument("--every", type=int, default=6)
    pairs.add_argument("--side", type=int, default=512)
    speed = kinds.add_parser("speed")
    speed.add_argument("--side", type=int, default=1024)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    if options.kind == "known":
        _known(options.sharp, options.side)
    elif options.kind == "levin":
        _levin(options.folder)
    elif options.kind == "pairs":
        _pairs(options.folders, options.every, options.side)
    else:
        _speed(options.side)


def _known(files: Sequence[Path], side: int) -> None:
    totals: dict[str, list[float]] = {}
    for psf_name, psf in PSFS.items():
        for level in NOISE_LEVELS:
            found: dict[str, list[float]] = {}
            for number, file in enumerate(files):
                sharp, blurred = _blurred(_read(file), psf, side, level / 255, number)
                rim = max(psf.height, psf.width) // 2
                for name, restored in _all_solved(blurred, sharp, psf, rim):
                    found.setdefault(name, []).append(_psnr(restored, sharp, rim))
                    if not name.startswith("skimage"):
                        found.setdefault(f"{name}, whole", []).append(_psnr(restored, sharp, 0))
            means = {name: float(np.mean(values)) for name, values in found.items()}
            for name, mean in means.items():
                totals.setdefault(name, []).append(mean)
            _say(f"{psf_name}, noise {level}: {_listed(means)}")
    _say("mean: " + _listed({name: float(np.mean(each)) for name, each in totals.items()}))


def _all_solved(blurred: Tensor, sharp: Tensor, psf: Psf, rim: int) -> Iterator[tuple[str, Tensor]]:
    yield "blurred", blurred
    for name, candidates in _scikit_image(blurred, psf).items():
        yield f"skimage {name}", max(candidates, key=lambda each: _psnr(each, sharp, rim))
    for method in Method:
        yield method.value, deconvolve(blurred, psf, Settings(method))


def _scikit_image(blurred: Tensor, psf: Psf) -> dict[str, list[Tensor]]:
    """The results of each of its solvers under several settings, channel by channel."""
    from skimage import restoration

    weights = psf.weights.numpy().astype(np.float64)
    planes = blurred.numpy().astype(np.float64)

    def each(solve: Callable[[npt.NDArray[np.float64]], Pixels]) -> Tensor:
        return torch.from_numpy(np.stack([solve(plane) for plane in planes]).astype(np.float32))

    return {
        "wiener": [
            each(lambda plane, b=balance: restoration.wiener(plane, weights, b, clip=False))
            for balance in BALANCES
        ],
        "unsupervised": [
            each(
                lambda plane: restoration.unsupervised_wiener(plane, weights, clip=False, rng=1)[0]
            )
        ],
        "richardson-lucy": [
            each(
                lambda plane, n=rounds: restoration.richardson_lucy(
                    plane, weights, num_iter=n, filter_epsilon=1e-6
                )
            )
            for rounds in ROUNDS
        ],
    }


def _levin(folder: Path) -> None:
    from scipy.io import loadmat

    totals: dict[str, list[float]] = {}
    for file in sorted(folder.glob("*.mat")):
        stored = loadmat(file)
        sharp, blurred, weights = (
            torch.from_numpy(np.asarray(stored[name], np.float32)) for name in "xyf"
        )
        psf = Psf.normalised(weights.flip(0, 1))  # the data set correlates
        estimate = estimate_psf(blurred[None], LEVIN_SIDE)
        row = {"blurred": _psnr_up_to_shift(blurred, sharp)}
        for name, results in _scikit_image(blurred[None], psf).items():
            row[f"skimage {name}"] = max(_psnr_up_to_shift(each[0], sharp) for each in results)
        for method in Method:
            settings = Settings(method, noise=LEVIN_NOISE)
            row[method.value] = _psnr_up_to_shift(
                deconvolve(blurred[None], psf, settings)[0], sharp
            )
        blind = deconvolve(blurred[None], estimate.psf, Settings(noise=2 * LEVIN_NOISE))
        row["blind"] = _psnr_up_to_shift(blind[0], sharp)
        row["similarity"] = similarity(estimate.psf, psf)
        row["confidence"] = estimate.confidence
        for name, value in row.items():
            totals.setdefault(name, []).append(value)
        _say(f"{file.stem}: {_listed(row)}")
    _say("mean: " + _listed({name: float(np.mean(each)) for name, each in totals.items()}))


def _pairs(folders: Sequence[Path], every: int, side: int) -> None:
    for folder in folders:
        gains: dict[str, list[float]] = {}
        for file in sorted((folder / "blur").iterdir())[::every]:
            blurred, sharp = (
                _middle(_read(folder / kind / file.name), side) for kind in ("blur", "sharp")
            )
            estimate = estimate_psf(blurred)
            before = _psnr(blurred, sharp, 0)
            lined_up = _psnr_up_to_shift(blurred.mean(0), sharp.mean(0))
            row = {"blurred": before, "confidence": estimate.confidence}
            row["spread"] = estimate.psf.spread
            for method, noise in PAIR_SETTINGS:
                settings = Settings(method, noise=noise)
                restored = deconvolve(blurred, estimate.psf, settings)
                for strength in STRENGTHS:
                    blended = blurred.lerp(restored, strength)
                    name = f"{method.value} {noise} at {strength:.0%}"
                    row[name] = _psnr(blended, sharp, 0) - before
                placed = _psnr_up_to_shift(restored.mean(0), sharp.mean(0))
                row[f"{method.value} {noise} grey, up to a shift"] = placed - lined_up
            for name, value in row.items():
                gains.setdefault(name, []).append(value)
            _say(f"{folder.name} {file.stem}: {_listed(row)}")
        _say(
            f"{folder.name} mean: "
            + _listed({name: float(np.mean(each)) for name, each in gains.items()})
        )


def _speed(side: int) -> None:
    picture = torch.rand(3, side, side, generator=torch.Generator().manual_seed(1))
    for method in Method:
        for effort in Effort:
            settings = Settings(method, effort, noise=0.01)
            walls, processors = [], []
            for _ in range(3):
                wall, processor = time.perf_counter(), time.process_time()
                deconvolve(picture, PSFS["motion 15"], settings)
                walls.append(time.perf_counter() - wall)
                processors.append(time.process_time() - processor)
            _say(
                f"{method.value:16} {effort.value:8} {min(walls) * 1e6 / side**2:.2f} s/MP wall "
                f"{min(processors) * 1e6 / side**2:.2f} CPU"
            )


def _blurred(
    picture: Tensor, psf: Psf, side: int, noise: float, seed: int
) -> tuple[Tensor, Tensor]:
    """The middle of a picture (3, H, W), sharp and blurred."""
    y, x = psf.height // 2, psf.width // 2
    scene = _middle(picture, side + 2 * max(y, x))
    kernel = psf.weights.flip(0, 1).expand(3, 1, -1, -1)
    seen = torch.nn.functional.conv2d(scene[None], kernel, groups=3)[0]
    grain = torch.randn(seen.shape, generator=torch.Generator().manual_seed(seed))
    sharp = scene[:, y : scene.shape[1] - y, x : scene.shape[2] - x]
    return sharp, ((seen + noise * grain).clamp(0, 1) * 255).round() / 255


def _middle(picture: Tensor, side: int) -> Tensor:
    top, left = (max(0, (length - side) // 2) for length in picture.shape[1:])
    return picture[:, top : top + side, left : left + side].contiguous()


def _read(file: Path) -> Tensor:
    with Image.open(file) as image:
        pixels = np.asarray(image.convert("RGB")).astype(np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


def _psnr(restored: Tensor, sharp: Tensor, rim: int) -> float:
    rounded = (restored.clamp(0, 1) * 255).round() / 255
    error = (rounded - sharp).square()
    height, width = error.shape[-2:]
    return -10 * float(error[..., rim : height - rim, rim : width - rim].mean().log10())


def _psnr_up_to_shift(restored: Tensor, sharp: Tensor, rim: int = 16) -> float:
    """The best PSNR of grey (H, W) over shifts, to a sixteenth of a pixel."""
    height, width = sharp.shape
    spectrum = torch.fft.fft2(restored.clamp(0, 1))
    alike = torch.fft.ifft2(torch.fft.fft2(sharp - sharp.mean()) * spectrum.conj()).real
    down, right = divmod(int(alike.argmax()), width)
    rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.fftfreq(width)

    def error(offset: tuple[float, float]) -> float:
        turns = rows * (down + offset[0]) + columns * (right + offset[1])
        moved = torch.fft.ifft2(spectrum * torch.exp(-2j * torch.pi * turns)).real
        return float((moved - sharp)[rim:-rim, rim:-rim].square().mean())

    best, step = (0.0, 0.0), 1.0
    while step > 0.05:
        around = [(best[0] + y * step, best[1] + x * step) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        best, step = min(around, key=error), step / 2
    return float(-10 * np.log10(error(best)))


def _listed(values: dict[str, float]) -> str:
    return "; ".join(f"{name} {value:.2f}" for name, value in values.items())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
