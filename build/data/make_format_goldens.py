"""Writes small files in formats of other programs, by those programs, for the framework's tests.

Run from the root folder, with Python 3, NumPy, PyTorch, safetensors and Pillow:
python build/data/make_format_goldens.py
"""

import pathlib

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file

ROOT = pathlib.Path("framework/src/test/resources/org/gradus")
IO = ROOT / "io"
DATA = ROOT / "data"
IO.mkdir(parents=True, exist_ok=True)
DATA.mkdir(parents=True, exist_ok=True)

save_file(
    {
        "weight": torch.arange(6, dtype=torch.float32).reshape(2, 3),
        "scalar": torch.tensor(3),
        "bf16": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "f16": torch.tensor([0.5], dtype=torch.float16),
        "f64": torch.tensor([3.25], dtype=torch.float64),
        "i32": torch.tensor([-5], dtype=torch.int32),
        "u8": torch.tensor([255], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
        "empty": torch.zeros(0, 3),
    },
    IO / "python.safetensors",
    metadata={"format": "pt", "note": "naïve"},
)

numpy.save(IO / "c_order.npy", numpy.arange(24, dtype="<f4").reshape(2, 3, 4))
numpy.save(IO / "fortran.npy", numpy.asfortranarray(numpy.arange(24.0).reshape(2, 3, 4)))
numpy.save(IO / "big_endian.npy", numpy.array([-1, 1 << 40], dtype=">i8"))
numpy.save(IO / "widened.npy", numpy.array([0, 65535], dtype="<u2"))
numpy.save(IO / "text.npy", numpy.array(["a", "b"]))
with open(IO / "version_2.npy", "wb") as file:
    numpy.lib.format.write_array(file, numpy.array([True, False]), version=(2, 0))
numpy.savez(IO / "stored.npz", a=numpy.zeros((0, 3)), b=numpy.float16([1.5]))
numpy.savez_compressed(IO / "compressed.npz", ones=numpy.ones((20, 30)))

generator = numpy.random.default_rng(0)
picture = Image.fromarray(generator.integers(0, 256, (7, 9, 3), dtype=numpy.uint8))
picture.save(DATA / "colors.png")
numpy.save(DATA / "gray.npy", numpy.asarray(picture.convert("L")))
picture.convert("L").save(DATA / "gray.png")
numpy.save(DATA / "smaller.npy", numpy.asarray(picture.resize((4, 3), Image.BILINEAR)))
numpy.save(DATA / "larger.npy", numpy.asarray(picture.resize((13, 15), Image.BILINEAR)))
