"""`unblur models`: what there is to restore with, and how weights come and go."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from unblur import offline
from unblur.cli.models_arguments import ModelsOrder
from unblur.cli.outcome import SOME_FAILED, refuse
from unblur.cli.progress import ProgressLine
from unblur.errors import ModelUnknownError
from unblur.messages import message_for
from unblur.model_store import Entry, ModelStore, commercial_words, how_to_get, open_store
from unblur_models import catalog
from unblur_models.card import ModelCard
from unblur_models.catalog import WeightsState
from unblur_models.stock import Verdict

_MEGABYTE = 1_000_000


def run(order: ModelsOrder) -> int:
    """Do what `order` says; 0: done, 1: weights are damaged, 2: there is no such model.

    Raises AppError for everything else that went wrong.
    """
    store = open_store(offline.is_set, order.catalogue)
    try:
        return _ACTIONS[order.action](store, order)
    except ModelUnknownError as error:
        return refuse("models", message_for(error).as_line())


def _list(store: ModelStore, order: ModelsOrder) -> int:
    entries = store.entries()
    if order.as_json:
        print(json.dumps([_facts(each) for each in entries], indent=2, ensure_ascii=False))
        return 0
    print("\n\n".join("\n".join(_headline(each)) for each in entries))
    return 0


def _show(store: ModelStore, order: ModelsOrder) -> int:
    entry = store.entry(order.model_id)
    if order.as_json:
        everything = {**asdict(entry.card), **_facts(entry)}
        print(json.dumps(everything, indent=2, ensure_ascii=False))
        return 0
    print("\n".join([*_headline(entry), *_details(entry.card)]))
    return 0


def _fetch(store: ModelStore, order: ModelsOrder) -> int:
    if order.accepts_licence:
        store.accept(order.model_id)
    began = time.monotonic()
    with ProgressLine(order.model_id, sys.stderr) as line:
        path = store.fetch(
            order.model_id,
            lambda done, total: line.bytes_done(done, total, time.monotonic() - began),
        )
        line.say(f"{order.model_id} is in {path}")
    return 0


def _verify(store: ModelStore, order: ModelsOrder) -> int:
    here = [each.card.id for each in store.entries() if each.state is not WeightsState.MISSING]
    is_all_good = True
    for model_id in [order.model_id] if order.model_id else here:
        verdict = store.verify(model_id)
        is_all_good = is_all_good and verdict is Verdict.GOOD
        print(f"{model_id}: {verdict}")
    return 0 if is_all_good else SOME_FAILED


def _add(store: ModelStore, order: ModelsOrder) -> int:
    assert order.file is not None
    card = store.add(order.file, name=order.name, purpose=order.purpose, known_as=order.model_id)
    print("\n".join(_headline(store.entry(card.id))))
    return 0


def _remove(store: ModelStore, order: ModelsOrder) -> int:
    store.remove(order.model_id)
    print(f"{order.model_id} is removed.")
    return 0


_ACTIONS: dict[str, Callable[[ModelStore, ModelsOrder], int]] = {
    "list": _list,
    "show": _show,
    "fetch": _fetch,
    "verify": _verify,
    "add": _add,
    "remove": _remove,
}


def _facts(entry: Entry) -> dict[str, Any]:
    card = entry.card
    return {
        "id": card.id,
        "name": card.name,
        "family": card.family,
        "variant": card.variant,
        "purpose": card.purpose.value,
        "parameters": card.parameters,
        "gmacs_per_megapixel": card.gmacs_per_megapixel,
        "weights": entry.state.value,
        "licence": card.licence,
        "commercial": card.commercial,
        "qualities": [quality.id for quality in card.qualities],
        "default": card.id == catalog.DEFAULT_MODEL_ID,
    }


def _headline(entry: Entry) -> list[str]:
    card = entry.card
    mark = " (default)" if card.id == catalog.DEFAULT_MODEL_ID else ""
    facts = [card.purpose.value]
    if card.parameters:
        facts.append(f"{card.parameters / 1e6:.1f} million parameters")
    if card.gmacs_per_megapixel:
        facts.append(f"{card.gmacs_per_megapixel:,.0f} GMAC/MP")
    facts.append(f"licence {card.licence}, {commercial_words(card)}")
    lines = [f"{card.id}{mark}", f"  {card.name}: {card.summary}", f"  {' · '.join(facts)}"]
    if entry.state is WeightsState.MISSING:
        lines.append(f"  weights needed: {how_to_get(card)}")
    elif entry.state is WeightsState.FETCHED:
        lines.append("  added by you" if card.is_custom else "  fetched")
    return lines


def _details(card: ModelCard) -> list[str]:
    facts = {
        "network": card.architecture,
        "paper": card.paper,
        "credit": card.credit,
        "source": card.source,
        "trained on": card.training_data,
        "weights": f"{card.weights_file}, {card.weights_bytes / _MEGABYTE:.1f} MB"
        if card.weights_bytes
        else card.weights_file,
        "SHA-256": card.sha256,
        "mirrors": ", ".join(card.mirrors),
        "tile": f"{card.tile} px, halo {card.halo} px, overlap {card.overlap} px, "
        f"sides in multiples of {card.size_multiple}",
    }
    lines = [f"  {name}: {value}" for name, value in facts.items() if value]
    for quality in card.qualities:
        lines.append(f"  --quality {quality.id}: {quality.summary}")
        lines += [
            f"      {m.picture}: {m.blurred:.2f} → {m.psnr:.2f} dB{m.when and f' ({m.when})'}"
            for m in card.measured
            if m.quality == quality.id
        ]
    lines += [
        f"  published on {p.dataset}: {p.psnr:.2f} dB{f', SSIM {p.ssim:.4g}' if p.ssim else ''}"
        f"{p.where and f' ({p.where})'}"
        for p in card.published
    ]
    return lines
