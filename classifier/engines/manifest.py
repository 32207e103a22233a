"""What a folder of parts was made from: written before the first part, checked by --resume, completed at the end.

_manifest.json       inputs with sizes and digests, the model's digest, the options, the parts, and the sums
_done/part-N.json    the record of a part that is whole
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.engines.part import DONE, Job, record_name
from classifier.engines.store import Folder, fetched
from classifier.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classifier.engines.dataset import Input, Plan

    Record = dict[str, Any]

MANIFEST = "_manifest.json"
SCHEMA = 1
_RESUME = "call chude as then to go on, or write to another folder"


def begin(folder: Folder, made_with: Record, plan: Plan) -> None:
    """Writes the manifest of a new run. Raises UsageError where there is something in the folder."""
    if not folder.is_remote and Path(folder.address).exists() and not Path(folder.address).is_dir():
        raise UsageError(folder.address, "is a file", "name a folder to write")
    if folder.read(MANIFEST) is not None:
        raise UsageError(folder.address, "holds the parts of an earlier run", "--resume goes on with it; or remove it")
    if (not folder.is_remote and _is_taken(folder)) or (folder.is_remote and folder.sizes()):
        raise UsageError(folder.address, "is not empty", "name a new folder to write")
    _write(folder, made_with, plan, {})


def resume(folder: Folder, made_with: Record, plan: Plan, job: Job) -> dict[int, Record]:
    """The records of the parts that are whole, by number; begins a new run where there is none.

    Raises UsageError where the parts are of a run with other options, another model, or inputs that have changed.
    """
    data = folder.read(MANIFEST)
    if data is None:
        begin(folder, made_with, plan)
        return {}
    try:
        found = json.loads(data)
        inputs, then = found["inputs"], found["made_with"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(folder.at(MANIFEST), "is no manifest of chude", "write to another folder") from error
    made = json.loads(json.dumps(made_with))
    if changed := sorted(name for name in {*made, *then} if made.get(name) != then.get(name)):
        raise UsageError(folder.address, f"is of a run that differs in {', '.join(changed)}", _RESUME)
    records = _records(folder, plan, job)
    _check_inputs(plan, inputs, records)
    return records


def finish(folder: Folder, made_with: Record, plan: Plan, records: Mapping[int, Record]) -> Record:
    """Writes the manifest with what came of the run; returns its sums."""
    return _write(folder, made_with, plan, records)


def _is_taken(folder: Folder) -> bool:
    path = Path(folder.address)
    return path.is_dir() and any(path.iterdir())


def _write(folder: Folder, made_with: Record, plan: Plan, records: Mapping[int, Record]) -> Record:
    digests = {
        piece["input"]: piece["sha256"]
        for record in records.values()
        for piece in record["pieces"]
        if piece["end"] is None
    }
    reasons = Counter(reason for record in records.values() for _, reason, _ in record["skipped"])
    sums = {
        "inputs": len(plan.inputs),
        "parts": len(plan.parts),
        "parts_done": len(records),
        "rows_in": sum(record["rows_in"] for record in records.values()),
        "rows_out": sum(record["rows_out"] for record in records.values()),
        "skipped": dict(sorted(reasons.items())),
    }
    manifest = {
        "schema": SCHEMA,
        "state": "complete" if len(records) == len(plan.parts) else "incomplete",
        "made_with": made_with,
        "sums": sums,
        "inputs": [_input(one, one.digest or digests.get(number, "")) for number, one in enumerate(plan.inputs)],
        "parts": [
            {name: records[number][name] for name in ("part", "rows_in", "rows_out", "bytes", "sha256", "pieces")}
            for number in sorted(records)
        ],
    }
    folder.write(MANIFEST, json.dumps(manifest, indent=1).encode() + b"\n")
    return sums


def _input(one: Input, digest: str) -> Record:
    return {"source": one.source, "bytes": one.size, "mark": one.mark, "sha256": digest}


def _records(folder: Folder, plan: Plan, job: Job) -> dict[int, Record]:
    """Of every part that is there with the size its record says."""
    there, parts = folder.sizes(DONE), folder.sizes()
    records = {}
    for number, pieces in enumerate(plan.parts):
        name = record_name(number)
        data = folder.read(name) if name.rpartition("/")[2] in there else None
        if data is None:
            continue
        record = json.loads(data)
        cut = [(piece["input"], piece["start"], piece["end"]) for piece in record["pieces"]]
        planned = [(piece.input, piece.start, piece.end) for piece in pieces]
        if cut == planned and parts.get(job.name(number)) == record["bytes"]:
            records[number] = record
    return records


def _check_inputs(plan: Plan, then: list[Record], records: Mapping[int, Record]) -> None:
    now = {one.source: one for one in plan.inputs}
    if gone := [one["source"] for one in then if one["source"] not in now]:
        raise UsageError(gone[0], "was read by the run that is to go on, and is gone", "put it back, or begin anew")
    if new := sorted(now.keys() - {one["source"] for one in then}):
        raise UsageError(new[0], "has come since the run that is to go on", "take it away, or begin anew")
    digests = {
        plan.inputs[piece["input"]].source: piece["sha256"]
        for record in records.values()
        for piece in record["pieces"]
        if piece["end"] is None
    }
    for old in then:
        one = now[old["source"]]
        known = old["sha256"] or digests.get(one.source, "")
        same = one.size == old["bytes"] and (one.mark == old["mark"] or not known or known == _digest(one))
        if not same or (one.digest and old["sha256"] and one.digest != old["sha256"]):
            raise UsageError(one.source, "has changed since the run that is to go on", "put it back, or begin anew")


def _digest(one: Input) -> str:
    if one.digest:
        return one.digest
    with fetched(one.address) as (_, digest):
        return digest


def options(job: Job, dataset: list[str], part_bytes: int, **more: Any) -> Record:
    """What tells runs apart, as JSON."""
    return {
        "version of chude": job.version,
        "model": job.digest,
        "format": job.ending,
        "encoding": job.encoding,
        "columns": asdict(job.columns),
        "dataset": dataset,
        "bytes of a part": part_bytes,
        **more,
    }
