"""`count`: parameters and MACs of every file of a corpus, as CSV."""

import csv
import json
import os
import sys
import time

import onnx

import parameters
from fold import LARGEST
from scope import dims
from walk import Walker

COLUMNS = ("file", "kind", "parameters", "macs", "parameters_with_constants", "dims", "trip", "expect", "output_shapes",
           "torch_parameters", "torch_macs", "note")


def _drop_large_values(model):
    """Values of weights are never needed; without them, the walk copies kilobytes where it would copy gigabytes."""
    for graph in parameters.graphs(model.graph):
        for tensor in list(graph.initializer) + [s.values for s in graph.sparse_initializer]:
            if len(tensor.raw_data) > 8 * LARGEST:
                tensor.ClearField("raw_data")
            if len(tensor.float_data) > LARGEST:
                tensor.ClearField("float_data")


def _symbolic_dims(graph):
    """Names of the dimensions that the graph leaves open, in the order in which its inputs use them."""
    dimensions = [d for value in graph.input for d in value.type.tensor_type.shape.dim]
    return list(dict.fromkeys(d.dim_param for d in dimensions if d.dim_param))


def count_file(path, facts):
    """A row of the reference, without its file name."""
    row = {"kind": facts.get("kind", ""), "trip": facts.get("trip", ""), "expect": facts.get("expect", "count"),
           "torch_parameters": facts.get("torch_parameters", ""), "torch_macs": facts.get("torch_macs", "")}
    if row["expect"] == "refuse":
        return row
    model = onnx.load(path, load_external_data=False)
    bound = {name: facts.get("dims", {}).get(name, 1) for name in _symbolic_dims(model.graph)}
    row["dims"] = ";".join(f"{name}={value}" for name, value in bound.items())
    _drop_large_values(model)
    row["parameters"], row["parameters_with_constants"], notes = parameters.count(model)
    walked = Walker(model, bound, facts.get("trip")).run()
    if walked.unknown:
        more = f" and {len(walked.unknown) - 1} more" if len(walked.unknown) > 1 else ""
        notes.insert(0, f"no MACs: {walked.unknown[0]}{more}")
    else:
        row["macs"] = walked.macs
    shapes = [dims(type_proto) for type_proto, _ in walked.outputs]
    notes += _compare_with_torch(row, facts, shapes)
    row["output_shapes"] = " ".join(_text(s) for s in _best_shapes(model, facts, shapes, notes))
    row["note"] = "; ".join(notes)
    return row


def _best_shapes(model, facts, inferred, notes):
    """Of the outputs: what an operator test declares, or what was inferred and does not contradict torch."""
    if facts.get("kind") == "operators":
        declared = [dims(value.type) for value in model.graph.output]
        if None not in declared and any(s is None or None in s for s in inferred):
            notes.append("output shape depends on the values of inputs, declared only")
        elif declared != inferred:
            notes.append(f"inferred {inferred}")
        return declared
    returned = facts.get("output_shapes", [])
    if len(returned) != len(inferred):
        return inferred
    # They disagree where the exporter made a mistake (repeat_interleave), or ONNX's inference did (ceil_mode).
    return [ours if ours == theirs else None for ours, theirs in zip(inferred, returned)]


def _text(shape):
    return "?" if shape is None else "x".join("?" if d is None else str(d) for d in shape) or "scalar"


def _compare_with_torch(row, facts, shapes):
    notes = [facts["torch_note"]] if "torch_note" in facts else []
    if row["torch_macs"] != "" and "macs" in row and row["torch_macs"] != row["macs"]:
        notes.append(f"torch counts {row['macs'] - row['torch_macs']:+d} MACs apart")
    if row["torch_parameters"] != "" and row["torch_parameters"] != row["parameters"]:
        apart = row["parameters"] - row["torch_parameters"]
        folded = apart == -facts.get("batch_norms", 0)
        notes.append(f"parameters {apart:+d} against torch" + (", batch normalization is folded" if folded else ""))
    expected = facts.get("output_shapes")
    if expected is not None and len(expected) == len(shapes):
        for index, (ours, theirs) in enumerate(zip(shapes, expected)):
            if ours is not None and None not in ours and ours != theirs:
                notes.append(f"output {index}: inferred {ours}, torch gave {theirs}")
    return notes


def files(folder):
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))  # an export under way keeps its scratch there
        for name in sorted(names):
            if name.endswith(".onnx"):
                yield os.path.relpath(os.path.join(root, name), folder)


def _rebound(facts, other):
    """The facts of a file at other sizes, which torch has not seen."""
    facts = {key: value for key, value in facts.items() if key not in ("torch_macs", "output_shapes")}
    return {**facts, "dims": {**facts["dims"], **other}}


def write(folder, wanted, other, stream):
    """Prints the reference, at `other` sizes for the files that have all of those dimensions.

    A folder without a manifest works too: every symbolic dimension is 1 then.
    """
    facts = {}
    manifest = os.path.join(folder, "manifest.json")
    if os.path.exists(manifest):
        with open(manifest) as source:
            facts = json.load(source)
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    counted = total = both = agree = 0
    for file in files(folder):
        known = facts.get(file, {})
        if not wanted(file) or not other.keys() <= known.get("dims", {}).keys():
            continue
        begin = time.time()
        try:
            row = count_file(os.path.join(folder, file), _rebound(known, other) if other else known)
        except Exception as error:  # one odd file must not cost the reference of the others
            row = {"kind": known.get("kind", ""), "torch_macs": "",
                   "note": f"not read: {type(error).__name__}: {error}"[:200]}
        if not other.keys() <= {binding.rpartition("=")[0] for binding in row.get("dims", "").split(";")}:
            continue  # the manifest may name dimensions for a whole group of files that this one does not have
        writer.writerow({"file": file, **row})
        stream.flush()
        total += 1
        counted += row.get("macs", "") != ""
        if row.get("macs", "") != "" and row["torch_macs"] != "":
            both += 1
            agree += row["macs"] == row["torch_macs"]
        if time.time() - begin > 10:
            print(f"{file}: {time.time() - begin:.0f} s", file=sys.stderr)
    print(f"{total} files, MACs known for {counted}; torch's own count agrees on {agree} of {both}", file=sys.stderr)
    return 0
