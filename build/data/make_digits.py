"""Writes the Digits data set as two IDX files into the framework's resources.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, 1998, DOI 10.24432/C50P49, CC BY 4.0, as carried by scikit-learn (load_digits).

Run from the root folder, with Python 3, NumPy and scikit-learn: python build/data/make_digits.py
"""

import gzip
import pathlib
import struct

import numpy
from sklearn.datasets import load_digits

FOLDER = pathlib.Path("framework/src/main/resources/org/gradus/data")
UNSIGNED_BYTE = 0x08


def write_idx(name, array):
    array = array.astype(numpy.uint8)
    header = struct.pack(">HBB", 0, UNSIGNED_BYTE, array.ndim)
    header += struct.pack(">%dI" % array.ndim, *array.shape)
    # No time and no name in the gzip header: the same data give the same file.
    with open(FOLDER / name, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(header + array.tobytes())


digits = load_digits()
write_idx("digits-images-idx3-ubyte.gz", digits.images)
write_idx("digits-labels-idx1-ubyte.gz", digits.target)
