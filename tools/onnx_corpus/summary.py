"""README.txt and optypes.txt of a corpus: what is there, and which operators occur how often."""

import collections
import os

import onnx

import parameters

KINDS = {
    "operators": "the ONNX project's own operator tests (Debian's libonnx-testdata), one operator or a few each",
    "classification": "torchvision's classification networks at their natural resolution, opset 11, 13 and 17 in turn",
    "classification_forms": "the same with dynamic batch or image, BatchNormalization kept, training mode, opset 7 to 16, "
                            "external data",
    "segmentation": "torchvision's segmentation networks, fixed and dynamic",
    "detection": "torchvision's detectors: MACs behind NonMaxSuppression depend on data and have no reference",
    "video": "torchvision's video networks: 3-D convolution, video transformers",
    "optical_flow": "RAFT: recurrent refinement, GridSample, Einsum",
    "language": "BERT, DistilBERT, TinyBERT, GPT-2 (also with a cache), a small Llama, torch.nn's transformer",
    "recurrent": "LSTM, GRU, RNN: directions, layers, projections, dynamic sequence",
    "networks": "U-Net, a YOLO, GAN, MLP-Mixer, MobileViT, WaveNet, DeepSpeech, PointNet, DLRM, T5's attention, in small",
    "layers": "one torch layer a file",
    "functions": "one torch function a file, fixed and dynamic",
    "control_flow": "loops and branches from torch.jit.script",
    "opsets": "forms of opset 3 to 10 and 18 to 20, auto_pad, layouts of recurrent operators",
    "quantized": "QLinear, integer, QDQ and dynamic quantization; torch's quantized networks; half and bfloat16",
    "contrib": "ONNX Runtime's contrib operators, alone and in optimized transformers; unknown operators",
    "structure": "local functions, nested graphs, sparse and external data, odd names, types and dimensions",
    "bad": "files that a reader has to refuse",
}


def _count_operators(path):
    model = onnx.load(path, load_external_data=False)
    nodes = [node for graph in parameters.graphs(model.graph) for node in graph.node]
    nodes += [node for function in model.functions for node in function.node]
    return collections.Counter(f"{node.domain}:{node.op_type}" if node.domain else node.op_type for node in nodes)


def write(folder, manifest):
    kinds = collections.Counter(facts["kind"] for facts in manifest.files.values())
    sizes = collections.Counter()
    nodes, files = collections.Counter(), collections.Counter()
    for file, facts in manifest.files.items():
        path = os.path.join(folder, file)
        sizes[facts["kind"]] += os.path.getsize(path)
        if facts.get("expect") == "refuse" or facts["kind"] == "operators":
            continue
        counter = _count_operators(path)
        nodes += counter
        files.update(counter.keys())
    with open(os.path.join(folder, "optypes.txt"), "w") as stream:
        stream.write("# operator, nodes, files: over everything but the operator tests and the files to refuse\n")
        for name, count in nodes.most_common():
            stream.write(f"{name:40} {count:8} {files[name]:6}\n")
    with open(os.path.join(folder, "README.txt"), "w") as stream:
        stream.write(_README)
        for kind, text in KINDS.items():
            if kinds[kind]:
                stream.write(f"{kind:22} {kinds[kind]:5} files {sizes[kind] / 1e6:8.1f} MB  {text}\n")
        stream.write(f"{'all':22} {sum(kinds.values()):5} files {sum(sizes.values()) / 1e6:8.1f} MB\n")


_README = """A corpus of ONNX files for cross-checking an importer, written by tools/onnx_corpus of chipcast.

manifest.json   what each file is, the values for its open dimensions, and what torch itself counted in it
reference.csv   `onnx_corpus count`: parameters and MACs by ONNX's shape inference, one row a file
                dims: pass each as --dim NAME=VALUE (separated by ';'); trip: pass as --trip N
                expect: 'refuse' for files that have to end with exit code 2
                macs empty: no reference, the note says why
                torch_macs: counted a second time by listening to torch while the module runs
                parameters_with_constants: also the tensors that a file keeps in Constant nodes instead of initializers
reference_*.csv the same at sizes that the exporter never saw (`onnx_corpus count --dim NAME=N`), where someone made them
optypes.txt     operators by frequency

Most networks with more than 100 MB of weights name a data file that is not there: a reader that needs only shapes
has to take them.

"""
