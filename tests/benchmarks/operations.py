"""Compares single operations of Gradus and PyTorch on the CPU, case by case, in turns."""

import os
import shlex
import sys

from side import Side, ratios, steps_in, summary, take_turns, warm_up

FOLDER = os.path.dirname(os.path.abspath(__file__))

# The workloads of gradus benchmark that are compared, and the ratio that each should reach.
LIMITS = {"matmul": 0.92, "conv": 1.0, "pointwise": 1.2, "norm": 1.2, "attention": 1.0}

# Seconds at most, and how many before a side may count as steady: Java compiles what a case is the
# first to use in the background, and takes it into service when it is done.
OUR_WARM_UP = (5, 2.5)
WARM_UP = (1, 0.5)
SLICE_MILLISECONDS = 25
LEAST_ROUNDS = 3


def compare(workloads, options, log):
    """Yields what is known about each case after alternating slices."""
    threads = str(options.threads)
    gradus = shlex.split(os.environ["GRADUS"])
    sides = {}
    try:
        sides["ours"] = Side(
            [*gradus, "benchmark", *workloads, "--serve", "--device", "cpu", "--threads", threads],
            log,
            options.clock,
        )
        sides["eager"] = Side(
            [sys.executable, f"{FOLDER}/pytorch_operations.py", threads], log, options.clock
        )
        for case in sides["ours"].first["cases"]:
            if options.case not in case:
                continue
            for side in sides.values():
                side.ask(f"prepare {case}")
            yield {
                **dict(zip(("workload", "case"), case.split(" ", 1))),
                "threads": options.threads,
                "pytorch": sides["eager"].first["version"],
                **measure(sides, options.rounds),
            }
    finally:
        for side in sides.values():
            side.close()


def measure(sides, rounds):
    slices = {
        name: steps_in(
            SLICE_MILLISECONDS,
            warm_up(side, *(OUR_WARM_UP if name == "ours" else WARM_UP)),
        )
        for name, side in sides.items()
    }
    times = take_turns(sides, slices, max(LEAST_ROUNDS, rounds))
    return {"ours_ms": summary(times["ours"]), "eager": ratios(times["eager"], times["ours"])}


def below_limit(result):
    return result["eager"]["ratioOfBests"] < LIMITS[result["workload"]]


def show(result):
    ours, theirs = result["ours_ms"], result["eager"]
    print(
        f"{result['workload'] + ' ' + result['case']:58s}"
        f" {ours['best']:9.4f} {theirs['best']:9.4f}"
        f" {theirs['ratioOfBests']:7.2f} {theirs['medianRatio']:7.2f}"
        f"{' below ' + str(LIMITS[result['workload']]) if below_limit(result) else ''}",
        flush=True,
    )


def show_head():
    print(f"{'':58s} {'Gradus ms':>9s} {'PyTorch':>9s} {'ratio':>7s} {'median':>7s}")


def show_summary(results):
    for workload, limit in LIMITS.items():
        found = [result for result in results if result["workload"] == workload]
        if found:
            reached = sum(not below_limit(result) for result in found)
            print(f"{workload}: {reached} of {len(found)} cases are {limit} or more")
