"""Compares training steps and operations in Gradus and PyTorch; started by compare-pytorch."""

import argparse
import itertools
import json
import os
import shlex
import sys
import tempfile
import time

import models
import operations
import page
from side import Side, ratios, steps_in, summary, take_turns, warm_up

MODES = ["eager", "fused", "compile"]
FOLDER = os.path.dirname(os.path.abspath(__file__))

# Losses differ by rounding: before the first step by that of one pass, then by that of a few
# updates, where the models do not say otherwise. In bf16 a product has 8 bits.
LOSS_TOLERANCE = {"f32": 1e-4, "bf16": 1e-2}
LATER_TOLERANCE = {"f32": 5e-3, "bf16": 3e-2}
COMPARED_STEPS = 5


def agree(ours, theirs, tolerance):
    return abs(ours - theirs) <= tolerance * max(abs(theirs), 0.1)


def compare(workload, precision, options, log):
    """Returns what is known about a workload after alternating slices."""
    threads = str(options.threads)
    threads_option = ["--threads", threads]
    gradus = shlex.split(os.environ["GRADUS"])
    result = {
        "workload": workload,
        "device": options.device,
        "precision": precision,
        "threads": options.threads,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "values.safetensors")
        ours = Side(
            [
                *[*gradus, "benchmark", workload, "--serve", "--device", options.device],
                *["--precision", precision, *(threads_option if options.device == "cpu" else [])],
            ],
            log,
            options.clock,
        )
        sides = {}
        try:
            ours.ask(f"save {file}")
            before = ours.ask("loss")["loss"]
            for mode in options.modes:
                command = [sys.executable, f"{FOLDER}/pytorch_side.py", workload, mode, threads]
                side = Side([*command, file, options.device, precision], log, options.clock)
                if "error" in side.first:
                    result[mode] = {"skipped": side.first["error"]}
                    side.close()
                    continue
                sides[mode] = side
                result["pytorch"] = side.first["version"]
                check_losses(workload, mode, before, side, result, precision)
            ours.milliseconds(COMPARED_STEPS)
            after = ours.ask("loss")["loss"]
            for mode, side in sides.items():
                check_later_losses(workload, mode, after, side, result, precision)
            measure(ours, sides, options, result)
            if options.device != "cpu":
                add_figures(ours, sides, result)
        finally:
            for side in [ours, *sides.values()]:
                side.close()
    return result


def add_figures(ours, sides, result):
    """Adds the memory that each side needed, and how near to the device's limit each comes."""
    result["ours_ms"]["peakMemoryBytes"] = ours.ask("memory")["peakMemoryBytes"]
    for mode, side in sides.items():
        result[mode]["peakMemoryBytes"] = side.ask("memory")["peakMemoryBytes"]
    if "eager" not in sides:
        return
    operations = sides["eager"].ask("flops")["flops"]
    peak = sides["eager"].ask("peak")["flopsPerSecond"]
    result["flops"] = operations
    result["peakFlopsPerSecond"] = peak
    for name in ["ours_ms", *sides]:
        if operations:  # PyTorch does not count those of recurrent layers
            result[name]["partOfPeak"] = operations / (result[name]["best"] / 1e3) / peak


def check_losses(workload, mode, before, side, result, precision):
    theirs = side.first["loss"]
    if not agree(before, theirs, LOSS_TOLERANCE[precision]):
        raise RuntimeError(
            f"{workload}: the first loss is {before} in Gradus and {theirs} in PyTorch ({mode}):"
            " they do not compute the same"
        )
    result["loss"] = {"ours": before, "pytorch": theirs}


def check_later_losses(workload, mode, after, side, result, precision):
    side.milliseconds(COMPARED_STEPS - 1)  # it has taken one to get ready
    theirs = side.ask("loss")["loss"]
    tolerance = max(LATER_TOLERANCE[precision], models.LATER_TOLERANCE.get(workload, 0))
    if not agree(after, theirs, tolerance):
        raise RuntimeError(
            f"{workload}: after {COMPARED_STEPS} steps the loss is {after} in Gradus and"
            f" {theirs} in PyTorch ({mode}): they do not compute the same"
        )
    result["laterLoss"] = {"ours": after, "pytorch": theirs, "steps": COMPARED_STEPS}


def measure(ours, sides, options, result):
    everyone = {"ours": ours, **sides}
    slices = {
        name: steps_in(options.slice, warm_up(side, options.warm_up if name == "ours" else 2))
        for name, side in everyone.items()
    }
    times = take_turns(everyone, slices, options.rounds)
    result["ours_ms"] = summary(times["ours"])
    for mode in sides:
        result[mode] = ratios(times[mode], times["ours"])
    for name, side in everyone.items():
        resident = side.peak_resident()
        if resident:
            result["ours_ms" if name == "ours" else name]["peakResidentBytes"] = resident


def show(result):
    ours = result["ours_ms"]
    name = result["workload"] + (" bf16" if result["precision"] == "bf16" else "")
    print(
        f"{name:13s} Gradus   {ours['best']:9.2f} {ours['median']:9.2f} {'':8s} {'':8s}"
        f"{figures(ours)}"
    )
    for mode in MODES:
        if mode not in result:
            continue
        other = result[mode]
        if "skipped" in other:
            print(f"{'':13s} {mode:8s} skipped: {other['skipped']}")
            continue
        print(
            f"{'':13s} {mode:8s} {other['best']:9.2f} {other['median']:9.2f}"
            f" {other['ratioOfBests']:8.2f} {other['medianRatio']:8.2f}{figures(other)}"
        )
    sys.stdout.flush()


def figures(side):
    """Returns what is known besides times: memory, that of a GPU, and the use of its speed."""
    text = ""
    if side.get("peakResidentBytes"):
        text += f" {side['peakResidentBytes'] / 1e6:9.0f} MB"
    if side.get("peakMemoryBytes"):
        text += f" {side['peakMemoryBytes'] / 1e6:9.0f} MB on the device"
    if "partOfPeak" in side:
        text += f" {100 * side['partOfPeak']:6.1f} % of peak"
    return text


def arguments():
    parser = argparse.ArgumentParser(
        prog="compare-pytorch",
        description="Compares training steps in Gradus with the same steps in PyTorch on the"
        " CPU, or on the same GPU, in alternating slices, or single operations on the CPU. Ratios"
        " are PyTorch's time over Gradus's: above 1 Gradus is faster.",
    )
    parser.add_argument(
        "--workload",
        action="append",
        metavar="NAMES",
        help="what to compare, of " + ", ".join(models.workloads()) + ", separated by commas;"
        " may be given several times (default: all; on the CPU those that take seconds there)",
    )
    parser.add_argument(
        "--operations",
        nargs="?",
        const=",".join(operations.LIMITS),
        metavar="NAMES",
        help="compare single operations on the CPU, of "
        + ", ".join(operations.LIMITS)
        + ", separated by commas (default: all), and no training steps but those of --workload;"
        " some five minutes",
    )
    parser.add_argument(
        "--case", default="", metavar="TEXT", help="only operations with this in their name"
    )
    parser.add_argument("--device", default="cpu", metavar="D", help="cpu (the default) or cuda")
    parser.add_argument(
        "--precision",
        type=lambda text: text.split(","),
        default=["f32"],
        metavar="LIST",
        help="f32 (the default), bf16, or both; f32 is without TF32 on both sides",
    )
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="begin no more workloads after that time"
    )
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), metavar="N", help="of each side"
    )
    parser.add_argument(
        "--processor-time",
        dest="clock",
        action="store_const",
        const="processorNanoseconds",
        default="nanoseconds",
        help="compare the time on the processor, with --threads 1: for a machine with other work",
    )
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="slices of each side")
    parser.add_argument(
        "--slice", type=float, default=300, metavar="MS", help="length of a slice, a step at least"
    )
    parser.add_argument(
        "--warm-up", type=float, default=12, metavar="S", help="seconds of warm-up of Gradus"
    )
    parser.add_argument(
        "--modes",
        type=lambda text: text.split(","),
        default=MODES,
        metavar="LIST",
        help="of PyTorch: " + ",".join(MODES),
    )
    parser.add_argument("--json", metavar="FILE", help="write the results")
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        help="renew the tables of a page, such as docs/performance.md: of steps and operations,"
        " or of those that are asked for",
    )
    options = parser.parse_args()
    if options.threads < 1 or options.rounds < 1:
        parser.error("--threads and --rounds are 1 or more")
    if options.clock != "nanoseconds" and options.threads != 1:
        parser.error("--processor-time knows of one thread: add --threads 1")
    choose_workloads(parser, options)
    if set(options.precision) - set(LOSS_TOLERANCE):
        parser.error("--precision: choose from " + ",".join(LOSS_TOLERANCE))
    if options.markdown and (options.device != "cpu" or options.precision != ["f32"]):
        parser.error("--markdown: the page's tables are of the CPU, in f32")
    if set(options.modes) - set(MODES):
        parser.error("--modes: choose from " + ",".join(MODES))
    return options


def choose_workloads(parser, options):
    """Makes lists of the training steps and of the operations that are asked for."""
    names = [name for each in options.workload or [] for name in each.split(",")]
    for name in names:
        if name not in models.workloads():
            parser.error(
                f"--workload: there is no {name}; choose from " + ", ".join(models.workloads())
            )
    usual = [w for w in models.workloads() if options.device != "cpu" or w not in models.FOR_GPUS]
    asked = options.operations
    if asked is None and options.markdown and not names:
        asked = ",".join(operations.LIMITS)
        names = usual
    options.operations = asked.split(",") if asked else []
    if set(options.operations) - set(operations.LIMITS):
        parser.error("--operations: choose from " + ",".join(operations.LIMITS))
    if options.operations and (options.device != "cpu" or options.precision != ["f32"]):
        parser.error("--operations: are compared on the CPU, in f32")
    options.workload = names or ([] if options.operations else usual)


def write(results, options):
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)
            file.write("\n")


def failure(problem, log):
    log.seek(0)
    print(f"compare-pytorch: {problem}\n{log.read()[-2000:]}", file=sys.stderr)


def compare_steps(options, results, log):
    """Adds what is known about training steps; returns whether all could be compared."""
    complete = True
    start = time.monotonic()
    print(f"{'':13s} {'':8s} {'best ms':>9s} {'median':>9s} {'ratio':>8s} {'median':>8s}")
    for workload, precision in itertools.product(options.workload, options.precision):
        if options.seconds and time.monotonic() - start > options.seconds:
            print(f"{workload} in {precision}: not begun, as --seconds are over")
            continue
        try:
            result = compare(workload, precision, options, log)
        except RuntimeError as problem:
            complete = False
            failure(problem, log)
            continue
        results.append(result)
        show(result)
        write(results, options)  # what a time limit may cut off
    return complete


def compare_operations(options, results, log):
    """Adds what is known about operations; returns whether all could be compared."""
    operations.show_head()
    found = []
    try:
        for result in operations.compare(options.operations, options, log):
            found.append(result)
            operations.show(result)
            write([*results, *found], options)
    except RuntimeError as problem:
        failure(problem, log)
        return False
    operations.show_summary(found)
    results += found
    return True


def main():
    options = arguments()
    results = []
    complete = True
    with tempfile.TemporaryFile("w+") as log:
        if options.workload:
            complete = compare_steps(options, results, log)
        if options.operations:
            complete = compare_operations(options, results, log) and complete
    write(results, options)
    if options.markdown and complete:
        page.renew(options.markdown, results, options)
    sys.exit(0 if complete else 1)


main()
