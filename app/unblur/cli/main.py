"""The verbs: their options are parsed here, what they do is in a module each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from unblur.cli import (
    arguments,
    bench_arguments,
    deconvolution,
    desktop_arguments,
    evaluate_arguments,
    models_arguments,
    setup_gpu_arguments,
)
from unblur.cli.outcome import refuse
from unblur.document.region import Scale
from unblur.model_store import look_for_models


def main(words: Sequence[str]) -> int:
    """Run the verb that `words` begins with; the exit status comes back.

    0: all done; 1: some file failed; 2: unusable arguments; 130: stopped with Ctrl+C.
    """
    options = parser().parse_args(words)
    if options.verb == "models":
        from unblur.cli import models

        return models.run(models_arguments.order_of(options))
    if options.verb == "desktop":
        from unblur.cli import desktop

        return desktop.run(options.action)
    if options.verb == "licences":
        from unblur.cli import licences

        return licences.run()
    if options.verb == "setup-gpu":
        from unblur.cli import setup_gpu

        return setup_gpu.run(setup_gpu_arguments.order_of(options))
    # The person's own models are models like any other.
    look_for_models()
    if options.verb == "analyze":
        from unblur.cli import analyze

        return analyze.run(options.inputs, as_json=options.json)
    if options.verb == "bench":
        from unblur.cli import bench

        return bench.run(bench_arguments.order_of(options))
    if options.verb == "evaluate":
        from unblur.cli import evaluate

        return evaluate.run(evaluate_arguments.order_of(options))
    from unblur.cli import restore

    try:
        order = _restore_order(options)
    except deconvolution.OrderError as error:
        return refuse("restore", str(error))
    return restore.run(order)


def _restore_order(options: argparse.Namespace) -> arguments.RestoreOrder:
    return arguments.RestoreOrder(
        inputs=tuple(options.inputs),
        out=options.out,
        model_id=options.model,
        quality=options.quality,
        scale=options.scale,
        strength=options.strength,
        regions=tuple(options.region),
        feather=options.feather,
        device=options.device,
        overwrite=options.overwrite,
        as_json=options.json,
        faces=options.faces,
        people=options.people,
        background=options.background,
        objects=tuple(options.object),
        masks=tuple(options.mask),
        auto=options.auto,
        deconvolution=deconvolution.order_of(options),
        provenance=options.provenance,
        restore_hidden=options.restore_hidden,
        precision=options.precision,
        gpu_memory=options.gpu_memory,
        cache=options.cache,
    )


def parser() -> argparse.ArgumentParser:
    """All verbs with their options: what is parsed, and what manual and completion are made of."""
    whole = argparse.ArgumentParser(prog="unblur")
    verbs = whole.add_subparsers(dest="verb", required=True)
    _add_restore(verbs.add_parser("restore", help="restore photos into files"))
    _add_analyze(verbs.add_parser("analyze", help="tell what the blur is, and who is on a photo"))
    evaluate_arguments.add_options(
        verbs.add_parser("evaluate", help="measure models against sharp pictures")
    )
    bench_arguments.add_options(
        verbs.add_parser("bench", help="measure how fast the models are here")
    )
    models_arguments.add_options(
        verbs.add_parser("models", help="list, fetch, check, add and remove models")
    )
    desktop_arguments.add_options(
        verbs.add_parser("desktop", help="add Unblur to the menu and to Open With, or remove it")
    )
    setup_gpu_arguments.add_options(
        verbs.add_parser("setup-gpu", help="fetch the PyTorch that computes with your GPU")
    )
    verbs.add_parser("licences", help="print the licences of all that Unblur consists of")
    return whole


def _add_analyze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", metavar="IN", help="photos to look at")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a photo and line on standard output"
    )


def _add_restore(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", metavar="IN", help="photos to restore")
    parser.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="the file to write; a folder when there are several photos, when it is one, or when "
        "it ends in a slash: names are then NAME-unblurred.EXT",
    )
    parser.add_argument("--model", metavar="ID", help="see unblur models (default: the first)")
    parser.add_argument(
        "--quality",
        choices=arguments.QUALITIES,
        help="default: the quickest on a CPU, the best on a GPU",
    )
    parser.add_argument(
        "--scale",
        type=Scale,
        choices=list(Scale),
        default=Scale.AUTO,
        metavar="{auto,1,1/2,1/4}",
        help="how much smaller the network works: quicker, for large blur in large photos",
    )
    parser.add_argument(
        "--strength", type=arguments.strength, default=1.0, metavar="0..1", help="default: 1"
    )
    parser.add_argument(
        "--region",
        type=arguments.region,
        action="append",
        default=[],
        metavar="X,Y,W,H",
        help="restore this rectangle of pixels alone; may be given several times",
    )
    _add_selections(parser)
    deconvolution.add_options(parser)
    parser.add_argument(
        "--feather",
        type=arguments.feather,
        default=0.0,
        metavar="PX",
        help="soften the edge of each region over so many pixels, inward",
    )
    arguments.add_engine_options(parser)
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files that exist, even the original"
    )
    parser.add_argument(
        "--restore-hidden",
        action="store_true",
        help="also restore places that look pixelated or blurred on purpose; left as they are "
        "otherwise, because they may protect somebody",
    )
    parser.add_argument(
        "--no-provenance",
        dest="provenance",
        action="store_false",
        help="do not say in the file's metadata what was restored, and by which model",
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a photo and line on standard output"
    )


def _add_selections(parser: argparse.ArgumentParser) -> None:
    """What is restored, besides rectangles, and what the photo itself decides."""
    parser.add_argument(
        "--auto",
        action="store_true",
        help="measure the blur and choose model, quality and scale by it; a sharp photo is left",
    )
    parser.add_argument("--faces", action="store_true", help="restore the faces")
    parser.add_argument("--people", action="store_true", help="restore the people")
    parser.add_argument("--background", action="store_true", help="restore all that is not people")
    parser.add_argument(
        "--object",
        type=arguments.point,
        action="append",
        default=[],
        metavar="X,Y",
        help="restore the thing at this pixel; may be given several times",
    )
    parser.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="FILE",
        help="restore where this picture of the same size is white; may be given several times",
    )
