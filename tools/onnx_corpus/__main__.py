"""A corpus of real ONNX files and an independent count of their parameters and MACs, to check chipcast's importer.

    python3 tools/onnx_corpus export DIR [--only PREFIX ...]      write the corpus (never into the repository)
    python3 tools/onnx_corpus count DIR > reference.csv           count it with ONNX's own shape inference
    python3 tools/onnx_corpus check DIR reference.csv             run chipcast on it and compare

A development aid: neither the build nor the tests need it. It runs on Debian 12's own python3 (/usr/bin/python3).
"""

import argparse
import importlib
import sys

PACKAGES = {"numpy": "python3-numpy", "google.protobuf": "python3-protobuf", "onnx": "python3-onnx",
            "torch": "python3-torch", "torchvision": "python3-torchvision"}


def require(*modules):
    missing = []
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            missing.append((PACKAGES[module], error))
    if missing:
        for package, error in missing:
            print(f"onnx_corpus: {error}; install the package {package}", file=sys.stderr)
        print(f"  apt-get install {' '.join(package for package, _ in missing)}\n"
              f"  and use the python3 that they belong to, /usr/bin/python3 (this is {sys.executable})",
              file=sys.stderr)
        sys.exit(2)


def _binding(text):
    name, _, value = text.rpartition("=")
    return name, int(value)


def main():
    parser = argparse.ArgumentParser(prog="onnx_corpus", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    export = commands.add_parser("export", help="write the corpus")
    export.add_argument("folder", metavar="DIR")
    export.add_argument("--only", action="append", metavar="PREFIX", help="only files whose path begins so")
    export.add_argument("--again", action="store_true", help="also those that DIR holds already")
    count = commands.add_parser("count", help="print the reference as CSV")
    count.add_argument("folder", metavar="DIR")
    count.add_argument("--only", action="append", metavar="PREFIX")
    count.add_argument("--dim", action="append", default=[], type=_binding, metavar="NAME=N",
                       help="another size than the exported one, e.g. batch=3; files without that dimension are left out")
    check = commands.add_parser("check", help="compare chipcast with the reference")
    check.add_argument("folder", metavar="DIR")
    check.add_argument("reference", metavar="reference.csv")
    check.add_argument("--chipcast", metavar="PATH", help="default: tools/chipcast beside this tool")
    check.add_argument("--only", action="append", metavar="PREFIX")
    check.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    arguments = parser.parse_args()

    wanted = lambda file: not arguments.only or any(file.startswith(prefix) for prefix in arguments.only)
    if arguments.command == "export":
        require("numpy", "google.protobuf", "onnx", "torch", "torchvision")
        import corpus
        return corpus.write(arguments.folder, wanted, arguments.again)
    if arguments.command == "count":
        require("numpy", "google.protobuf", "onnx")
        import reference
        return reference.write(arguments.folder, wanted, dict(arguments.dim), sys.stdout)
    import check as checker  # needs nothing beyond python itself
    return checker.run(arguments.folder, arguments.reference, arguments.chipcast, wanted, arguments.timeout)


if __name__ == "__main__":
    sys.exit(main())
