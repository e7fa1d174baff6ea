from __future__ import annotations

import json
from pathlib import Path

import pytest

from unblur.engine.findings import Finding, FindingKey, Findings

KEY = FindingKey("Card 9000 · ☃", "driver 7", "2.13", "maxim", "ab" * 32, "best", "bf16")


def test_what_was_found_is_known_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "state" / "findings.json"
    findings = Findings(path)
    assert findings.about(KEY) == Finding()
    findings.record_agreement(KEY, 54.5)
    findings.record_footprint(KEY, 4000.0)
    assert Findings(path).about(KEY) == Finding(54.5, 4000.0)


@pytest.mark.parametrize(
    "name", ["device_name", "driver", "torch_version", "model_id", "weights", "quality"]
)
def test_a_change_of_anything_asks_for_a_new_trial(name: str, tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    Findings(path).record_agreement(KEY, 54.5)
    assert Findings(path).about(KEY._replace(**{name: "another"})) == Finding()


ENTRY = {**KEY._asdict(), "agreement": 54.5, "bytes_per_pixel": None}


@pytest.mark.allow_log("not usable")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'{"format": 1}',
        json.dumps({"format": 1, "entries": [{**ENTRY, "agreement": "NaN"}]}).encode(),
        json.dumps({"format": 1, "entries": [{**ENTRY, "bytes_per_pixel": -3}]}).encode(),
        json.dumps({"format": 1, "entries": [{"device_name": "only"}]}).encode(),
    ],
)
def test_a_damaged_file_costs_a_new_trial_only(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(content)
    findings = Findings(path)
    assert findings.about(KEY) == Finding()
    findings.record_agreement(KEY, 60.0)
    assert Findings(path).about(KEY).agreement == 60.0


def test_a_file_of_another_format_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({"format": 2, "entries": [ENTRY]}), encoding="utf-8")
    assert Findings(path).about(KEY) == Finding()


@pytest.mark.allow_log("was not kept", "not usable")
def test_where_nothing_can_be_written_it_is_known_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    findings = Findings(tmp_path / "file" / "findings.json")
    findings.record_agreement(KEY, 54.5)
    findings.record_footprint(KEY, 3.0)
    assert findings.about(KEY) == Finding(54.5, 3.0)


def test_only_the_newest_findings_are_kept(tmp_path: Path) -> None:
    findings = Findings()
    for number in range(600):
        findings.record_agreement(KEY._replace(driver=str(number)), 54.5)
    assert findings.about(KEY._replace(driver="0")) == Finding()
    assert findings.about(KEY._replace(driver="599")) == Finding(54.5)
