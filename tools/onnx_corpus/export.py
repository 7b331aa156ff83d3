"""Writes the corpus: runs every case, and keeps a manifest of what each file is and what torch counted in it."""

import gc
import json
import os
import shutil
import tempfile
import time
import warnings

import onnx
import torch
from onnx.external_data_helper import convert_model_to_external_data

import torch_macs
import weights
from cases import TorchCase

LARGE = 100_000_000  # bytes of weights that a file may hold, to keep the corpus at a few gigabytes

# Debian's libonnx-testdata: the ONNX project's own operator tests.
OPERATOR_TESTS = "/usr/share/libonnx-testdata/data"


class Manifest:
    """DIR/manifest.json, {file: facts}; written after every case so that an interrupted export can be continued."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "manifest.json")
        self.files = {}
        if os.path.exists(self.path):
            with open(self.path) as stream:
                self.files = json.load(stream)

    def put(self, file, **facts):
        self.files[file] = {key: value for key, value in facts.items() if value not in (None, {}, "", 0)}
        self.save()

    def save(self):
        with open(self.path + ".new", "w") as stream:
            json.dump(self.files, stream, indent=1, sort_keys=True)
        os.replace(self.path + ".new", self.path)


def _bytes(module):
    return sum(tensor.numel() * tensor.element_size() for tensor in module.state_dict().values()
               if isinstance(tensor, torch.Tensor))


def _folded_batch_norms(module):
    """Values that disappear when each batch normalization is folded into a convolution with a bias of its own."""
    return sum(m.num_features for m in module.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm))


def _bound_dims(case, inputs):
    """The sizes that the named dynamic dimensions have in the example inputs."""
    dims = {}
    for name, tensor in zip(case.input_names, inputs):
        for axis, dim in case.dynamic.get(name, {}).items():
            dims[dim] = tensor.shape[axis]
    return dims


def _save(model, path, storage):
    if storage == "inline":
        onnx.save(model, path)
        return
    # `missing` is how a large network is handed around for its structure alone: the data file is named and not there.
    convert_model_to_external_data(model, location=os.path.basename(path) + ".data", size_threshold=1024)
    onnx.save(model, path)
    if storage == "missing":
        os.remove(path + ".data")


def _export_torch(case, path):
    torch.manual_seed(0)
    with weights.without_initialization():
        module = weights.fill(case.make())
    inputs = case.inputs()
    mode = {"eval": torch.onnx.TrainingMode.EVAL, "preserve": torch.onnx.TrainingMode.PRESERVE,
            "training": torch.onnx.TrainingMode.TRAINING}[case.training]
    module.train(case.training == "training")
    # torch writes files above 2 GB, which protobuf cannot hold, as one data file per tensor: so export into a folder.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path), prefix=".") as scratch:
        plain = os.path.join(scratch, "model.onnx")
        torch.onnx.export(module, inputs, plain, input_names=list(case.input_names),
                          output_names=list(case.output_names) or None, dynamic_axes=case.dynamic or None,
                          opset_version=case.opset, do_constant_folding=case.fold, training=mode, **case.options)
        storage = "missing" if _bytes(module) > LARGE and not case.large else case.weights
        if storage == "inline":
            shutil.move(plain, path)
        else:
            # Tensors that torch already stored outside are only renamed; their bytes are not needed for `missing`.
            _save(onnx.load(plain, load_external_data=storage != "missing"), path, storage)
    facts = {"kind": case.kind, "source": "torch", "dims": _bound_dims(case, inputs), "trip": case.trip,
             "torch_parameters": torch_macs.count_parameters(module), "batch_norms": _folded_batch_norms(module)}
    if case.count_in_torch:
        module.eval()  # dropout and batch statistics are no products, but a loss head may be
        try:
            facts["torch_macs"], facts["output_shapes"] = torch_macs.count_macs(module, inputs)
        except Exception as error:  # an odd module must not cost us its file
            facts["torch_note"] = f"not counted in torch: {_first_line(error)}"
    return facts


def _export_by_hand(case, path):
    model = case.make()
    if isinstance(model, bytes):
        with open(path, "wb") as stream:
            stream.write(model)
    else:
        _save(model, path, case.weights)
    return {"kind": case.kind, "source": "helper", "dims": case.dims, "trip": case.trip,
            "expect": None if case.expect == "count" else case.expect}


def _first_line(error):
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:160] if lines else ''}"


def copy_operator_tests(folder, manifest):
    count = 0
    for group in sorted(os.listdir(OPERATOR_TESTS)):
        for test in sorted(os.listdir(os.path.join(OPERATOR_TESTS, group))):
            model = os.path.join(OPERATOR_TESTS, group, test, "model.onnx")
            if not os.path.exists(model):
                continue
            file = os.path.join("operators", group, test + ".onnx")
            target = os.path.join(folder, file)
            if not os.path.exists(target):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(model, target)
            manifest.files[file] = {"kind": "operators", "source": "onnx"}
            count += 1
    print(f"{count} operator tests of the ONNX project in {folder}/operators")


def export(folder, cases, again=False):
    """Exports the cases that the folder does not hold yet. A case that fails is reported and left out."""
    os.makedirs(folder, exist_ok=True)
    manifest = Manifest(folder)
    failed = []
    for case in cases:
        file = case.name + ".onnx"
        path = os.path.join(folder, file)
        if file in manifest.files and not again:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        begin = time.time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run = _export_torch if isinstance(case, TorchCase) else _export_by_hand
                facts = run(case, path)
        except Exception as error:
            failed.append(case.name)
            print(f"skipped {file}: {_first_line(error)}", flush=True)
            if os.path.exists(path):
                os.remove(path)
            continue
        manifest.put(file, **facts)
        print(f"{file}  {os.path.getsize(path) / 1e6:.1f} MB  {time.time() - begin:.1f} s", flush=True)
        gc.collect()
    return manifest, failed
