"""`unblur models`: what there is to restore with, told from the cards alone."""

from __future__ import annotations

import json
from dataclasses import asdict

from unblur_models import catalog


def run(*, as_json: bool) -> int:
    """Print every model card; 0 comes back."""
    for number, card in enumerate(catalog.cards()):
        if as_json:
            print(json.dumps(asdict(card), ensure_ascii=False))
            continue
        print("" if number == 0 else "\n", end="")
        print("\n".join(_lines(card)))
    return 0


def _lines(card: catalog.ModelCard) -> list[str]:
    mark = " (default)" if card.id == catalog.DEFAULT_MODEL_ID else ""
    lines = [
        f"{card.id}{mark}",
        f"  {card.name}: {card.summary}",
        f"  {card.parameters / 1e6:.1f} million parameters, licence {card.licence}",
        f"  {card.credit}",
        f"  trained on {card.training_data}",
    ]
    for quality in card.qualities:
        lines.append(f"  --quality {quality.id}: {quality.summary}")
        lines += [
            f"      {m.picture}: {m.blurred:.2f} → {m.psnr:.2f} dB"
            for m in card.measured
            if m.quality == quality.id
        ]
    return lines
