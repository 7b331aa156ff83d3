"""The whole corpus in the order of usefulness: what is most often met comes first."""

import itertools
import os
import subprocess
import sys

import torch

import contrib_cases
import export
import functions
import language
import layers
import networks
import opsets
import quantized
import structure
import summary
import vision

GROUPS = (vision.classification, layers.all_cases, functions.all_cases, language.all_cases, networks.all_cases,
          opsets.all_cases, quantized.all_cases, contrib_cases.all_cases, structure.all_cases,
          vision.classification_forms, vision.segmentation, vision.detection, vision.video, vision.optical_flow)


def _inside_repository(folder):
    here = os.path.dirname(os.path.abspath(__file__))
    top = subprocess.run(["git", "-C", here, "rev-parse", "--show-toplevel"], capture_output=True, text=True)
    return top.returncode == 0 and os.path.realpath(folder).startswith(os.path.realpath(top.stdout.strip()) + os.sep)


def write(folder, wanted, again):
    if _inside_repository(folder):
        print("onnx_corpus: the corpus is gigabytes; give a folder outside the repository", file=sys.stderr)
        return 2
    torch.set_num_threads(1)
    manifest = export.Manifest(folder)
    if wanted("operators") and os.path.isdir(export.OPERATOR_TESTS):
        os.makedirs(folder, exist_ok=True)
        export.copy_operator_tests(folder, manifest)
        manifest.save()
    elif wanted("operators"):
        print("onnx_corpus: no operator tests; install the package libonnx-testdata", file=sys.stderr)
    cases = (case for case in itertools.chain.from_iterable(group() for group in GROUPS) if wanted(case.name))
    manifest, failed = export.export(folder, cases, again)
    summary.write(folder, manifest)
    print(f"{len(manifest.files)} files, {len(failed)} exports failed{': ' if failed else ''}{', '.join(failed)}")
    return 0
