"""`check`: runs chipcast on every file and compares its parameters, MACs and output shapes with the reference."""

import collections
import csv
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


# chipcast asks for a size that depends on the data (boxes found, elements that are not zero) and names the flag for it.
ASKS = re.compile(r"give it with (--dim|--trip) (.+?)=N")
GIVEN = 8  # any size does: it only has to get past the question
QUESTIONS = 200


class Outcome:
    """What happened to one file: a verdict, and a line that says why."""

    def __init__(self, file, verdict, detail=""):
        self.file, self.verdict, self.detail = file, verdict, detail


def _describe(program, path, row, timeout, given):
    command = [program, "describe", path, "--format", "json"]
    for binding in filter(None, row["dims"].split(";")):
        command += ["--dim", binding]
    if row["trip"]:
        command += ["--trip", row["trip"]]
    command += given
    try:
        return subprocess.run(command, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return None


def _describe_with_answers(program, path, row, timeout):
    """Answers the questions for data-dependent sizes; (the last run, how many answers it took)."""
    given = []
    while True:
        done = _describe(program, path, row, timeout, given)
        question = ASKS.search(done.stderr.decode(errors="replace")) if done is not None and done.returncode == 2 else None
        answers = len(given) // 2
        if question is None or answers == QUESTIONS or row["expect"] == "refuse":
            return done, answers
        given += [question[1], f"{question[2]}={GIVEN}"]


def _first_line(stream):
    lines = stream.decode(errors="replace").strip().splitlines()
    return lines[0][:200] if lines else "(no message)"


def _judge(program, folder, row, timeout):
    file = row["file"]
    done, answers = _describe_with_answers(program, os.path.join(folder, file), row, timeout)
    if done is None:
        return Outcome(file, "hung", f"no answer in {timeout:.0f} s")
    if done.returncode < 0:
        return Outcome(file, "crashed", f"signal {-done.returncode}: {_first_line(done.stderr)}")
    if row["expect"] == "refuse":
        if done.returncode == 2:
            return Outcome(file, "refused as it should", _first_line(done.stderr))
        return Outcome(file, "accepted, should be refused", f"exit code {done.returncode}")
    if done.returncode == 2:
        return Outcome(file, "refused", _first_line(done.stderr) + (f" (after {answers} answers)" if answers else ""))
    if done.returncode != 0:
        return Outcome(file, "other exit code", f"{done.returncode}: {_first_line(done.stderr)}")
    try:
        result = json.loads(done.stdout)
    except ValueError as error:
        return Outcome(file, "no JSON", str(error))
    # Sizes that were made up here say nothing about the sizes of the outputs.
    outcome = _compare({**row, "output_shapes": ""} if answers else row, result)
    if answers and outcome.verdict.startswith("exact"):
        outcome.verdict += ", sizes given"
        outcome.detail = f"{answers} data-dependent sizes had to be given{outcome.detail}"
    return outcome


def _compare(row, result):
    wrong = [f"{key} {result.get(key)}, reference {row[key]}" for key in ("parameters", "macs")
             if row[key] != "" and result.get(key) != int(row[key])]
    constants_too = str(result.get("parameters")) == row["parameters_with_constants"]
    if constants_too and len(wrong) == 1 and wrong[0].startswith("parameters"):
        return Outcome(row["file"], "counts Constant nodes as parameters", wrong[0])
    shape = _shape_mismatch(row, result)
    if shape:
        wrong.append(shape)
    if result.get("not_modelled"):
        wrong.append(f"not modelled: {json.dumps(result['not_modelled'])[:80]}")
    note = f"   [{row['note']}]" if row["note"] else ""
    if wrong:
        return Outcome(row["file"], "wrong", "; ".join(wrong) + note)
    return Outcome(row["file"], "exact" if row["macs"] != "" else "exact, parameters only", note)


def _shape_mismatch(row, result):
    """The shapes of the network's outputs, where both sides know them."""
    expected = row["output_shapes"].split()
    found = ["x".join(str(d) for d in output["shape"]) or "scalar" for output in result.get("outputs") or []]
    if len(found) != len(expected):
        return ""
    differences = [f"output {index}: {ours}, reference {theirs}" for index, (ours, theirs) in enumerate(zip(found, expected))
                   if ours != theirs and "?" not in theirs]
    return differences[0] if differences else ""


def run(folder, reference, program, wanted, timeout):
    program = program or os.path.join(os.path.dirname(HERE), "chipcast")
    if not os.access(program, os.X_OK):
        print(f"onnx_corpus: no chipcast at {program}; name it with --chipcast", file=sys.stderr)
        return 2
    with open(reference, newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if wanted(row["file"])]
    outcomes = []
    begin = time.time()
    for index, row in enumerate(rows):
        outcomes.append(_judge(program, folder, row, timeout))
        if sys.stderr.isatty():
            print(f"\r{index + 1}/{len(rows)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return _summary(rows, outcomes, time.time() - begin)


def _summary(rows, outcomes, seconds):
    by_verdict = collections.defaultdict(list)
    for outcome in outcomes:
        by_verdict[outcome.verdict].append(outcome)
    quiet = ("exact", "exact, parameters only", "exact, parameters only, sizes given", "refused as it should")
    for verdict in sorted(by_verdict, key=lambda v: len(by_verdict[v])):
        if verdict not in quiet:
            print(f"\n{verdict} ({len(by_verdict[verdict])})")
            for outcome in by_verdict[verdict]:
                print(f"  {outcome.file}: {outcome.detail}")
    kinds = collections.defaultdict(collections.Counter)
    for row, outcome in zip(rows, outcomes):
        kinds[row["kind"] or "?"][outcome.verdict] += 1
    print(f"\n{'kind':24} {'files':>6}  outcome")
    for kind, counter in sorted(kinds.items()):
        text = ", ".join(f"{count} {verdict}" for verdict, count in counter.most_common())
        print(f"{kind:24} {sum(counter.values()):6}  {text}")
    # The bar is about files whose parameters and MACs a reference knows; operator tests are shown apart, since their
    # hundreds of one-node files would hide the networks.
    for title, select in (("networks and layers", lambda r: r["kind"] != "operators"),
                          ("operator tests", lambda r: r["kind"] == "operators")):
        counted = [o for r, o in zip(rows, outcomes) if select(r) and r["macs"] != "" and r["expect"] != "refuse"]
        exact = sum(o.verdict == "exact" for o in counted)
        asked = sum(o.verdict == "exact, sizes given" for o in counted)
        if counted:
            print(f"{title}: {exact} of {len(counted)} counted files exact ({100 * exact / len(counted):.2f}%), "
                  f"{asked} more when data-dependent sizes are given")
    print(f"{len(outcomes)} files in {seconds:.0f} s")
    bad = [o for o in outcomes if o.verdict not in (*quiet, "exact, sizes given", "refused")]
    return 1 if bad else 0
