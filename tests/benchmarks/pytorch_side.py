"""Takes steps of one training in PyTorch when told to, a request a line, as gradus benchmark
--serve does: run N, loss, memory, quit; and flops, the products' operations in a step, and peak,
how many the device does in a second."""

import json
import os
import sys
import time

import torch

import models


TYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "I32": torch.int32}

PEAK_SIZE = 8192
PEAK_ROUNDS = 20


def load(file, device):
    """Reads a safetensors file."""
    with open(file, "rb") as content:
        header = json.loads(content.read(int.from_bytes(content.read(8), "little")))
        data = bytearray(content.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = TYPES[entry["dtype"]]
        flat = (
            torch.frombuffer(data, dtype=kind, offset=begin, count=(end - begin) // kind.itemsize)
            if end > begin
            else torch.empty(0, dtype=kind)
        )
        tensors[name] = flat.reshape(entry["shape"]).clone().to(device)
    return tensors


def flops(training):
    """Counts the operations of products, convolutions and attention in a step."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        training.step()
    return counter.get_total_flops()


def peak(device, precision):
    """Measures the operations per second of a product of large matrices."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    a = torch.randn(PEAK_SIZE, PEAK_SIZE, device=device, dtype=kind)
    best = float("inf")
    for _ in range(PEAK_ROUNDS):
        synchronize(device)
        start = time.perf_counter()
        torch.matmul(a, a)
        synchronize(device)
        best = min(best, time.perf_counter() - start)
    return 2 * PEAK_SIZE**3 / best


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def main():
    workload, mode, threads, file, device, precision = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    # products of f32 in f32, as in Gradus
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer

    def answer(**values):
        answers.write(json.dumps(values) + "\n")
        answers.flush()

    try:
        training = models.workloads()[workload](
            load(file, device), mode == "fused", mode == "compile", precision
        )
        before = training.loss()
        training.step()  # compiles, where it is to be compiled
        synchronize(device)
    except Exception as problem:  # noqa: BLE001 whatever torch.compile may throw
        answer(error=f"{type(problem).__name__}: {str(problem).strip().splitlines()[0]}")
        return
    answer(loss=before, version=torch.__version__)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "run":
            start, processor = time.perf_counter_ns(), time.thread_time_ns()
            for _ in range(int(words[1])):
                training.step()
            synchronize(device)
            answer(
                nanoseconds=time.perf_counter_ns() - start,
                processorNanoseconds=time.thread_time_ns() - processor,
            )
        elif words[0] == "loss":
            answer(loss=training.loss())
        elif words[0] == "memory":
            cuda = device.startswith("cuda")
            answer(peakMemoryBytes=torch.cuda.max_memory_allocated() if cuda else None)
        elif words[0] == "flops":
            answer(flops=flops(training))
        elif words[0] == "peak":
            answer(flopsPerSecond=peak(device, precision))
        else:
            return


main()
