"""Takes steps of one training in PyTorch when told to, a request a line, as gradus benchmark
--serve does: run N, loss, quit."""

import json
import os
import sys
import time

from safetensors.torch import load_file

import models

try:
    import torch
except ImportError as problem:
    sys.exit(f"no PyTorch: {problem}")


def main():
    workload, mode, threads, file = sys.argv[1:]
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer

    def answer(**values):
        answers.write(json.dumps(values) + "\n")
        answers.flush()

    try:
        training = models.workloads()[workload](
            load_file(file), mode == "fused", mode == "compile"
        )
        before = training.loss()
        training.step()  # compiles, where it is to be compiled
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
            answer(
                nanoseconds=time.perf_counter_ns() - start,
                processorNanoseconds=time.thread_time_ns() - processor,
            )
        elif words[0] == "loss":
            answer(loss=training.loss())
        else:
            return


main()
