#!/usr/bin/env python3
"""Writes the golden cases of the conformance suite.

    pip install torch==2.13.0 numpy safetensors     (torch for the CPU will do)
    python tests/goldens/make.py

Writes tests/src/test/resources/goldens: a safetensors file for each family, and index.json with a
line for each case. The same versions give the same bytes. See golden.py for what a case is, and
families/ for the cases: a new one is one line there, and, if its operation is new, one in
Operations.java.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

from families import (attention, fusible, indexing, layers, losses, normalizations, pointwise,
                      products, recurrences, reductions, shapes, types, windows)
from golden import Goldens

MODULES = [pointwise, fusible, types, reductions, shapes, indexing, products, windows,
           normalizations, losses, layers, recurrences, attention]


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = root / "tests/src/test/resources/goldens"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    lines = []
    for module in MODULES:
        family = module.__name__.split(".")[-1]
        torch.manual_seed(0)
        goldens = Goldens(family)
        module.add(goldens)
        save_file(goldens.tensors, folder / f"{family}.safetensors")
        lines += goldens.lines()
        print(f"{family}: {len(goldens.cases)} cases", file=sys.stderr)
    (folder / "index.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
