"""Compares training steps in Gradus and PyTorch; started by compare-pytorch."""

import argparse
import itertools
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import models
import page

MODES = ["eager", "fused", "compile"]
FOLDER = os.path.dirname(os.path.abspath(__file__))

# Losses differ by rounding: before the first step by that of one pass, then by that of a few
# updates, where the models do not say otherwise. In bf16 a product has 8 bits.
LOSS_TOLERANCE = {"f32": 1e-4, "bf16": 1e-2}
LATER_TOLERANCE = {"f32": 5e-3, "bf16": 3e-2}
COMPARED_STEPS = 5


class Side:
    """A process that takes steps when told to."""

    def __init__(self, command, log, clock="nanoseconds"):
        self.clock = clock
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        self.first = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended: {shlex.join(self.process.args)}")
        return json.loads(line)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.answer()

    def milliseconds(self, steps):
        """Runs steps and returns the time of one."""
        return self.ask(f"run {steps}")[self.clock] / steps / 1e6

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def warm_up(side, seconds):
    """Runs steps for some time and returns the milliseconds of the fastest."""
    end = time.monotonic() + seconds
    steps, best = 1, float("inf")
    while time.monotonic() < end:
        spent = side.milliseconds(steps)
        best = min(best, spent)
        if spent * steps < 50:
            steps = min(2 * steps, 1000)
    return best


def steps_in(milliseconds, best):
    return max(1, round(milliseconds / best))


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
    times = {name: [] for name in everyone}
    for turn in range(options.rounds):
        order = list(everyone) if turn % 2 == 0 else list(reversed(everyone))
        for name in order:
            # The threads of the others stop spinning, and the caches are filled again.
            time.sleep(0.02)
            everyone[name].milliseconds(max(1, slices[name] // 10))
            times[name].append(everyone[name].milliseconds(slices[name]))
    result["ours_ms"] = {"best": min(times["ours"]), "median": statistics.median(times["ours"])}
    for mode in sides:
        pairs = zip(times[mode], times["ours"])
        result[mode] = {
            "best": min(times[mode]),
            "median": statistics.median(times[mode]),
            "ratioOfBests": min(times[mode]) / min(times["ours"]),
            "medianRatio": statistics.median(theirs / ours for theirs, ours in pairs),
        }


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
    """Returns what is known on a GPU besides times."""
    text = ""
    if side.get("peakMemoryBytes"):
        text += f" {side['peakMemoryBytes'] / 1e6:9.0f} MB"
    if "partOfPeak" in side:
        text += f" {100 * side['partOfPeak']:6.1f} % of peak"
    return text


def arguments():
    parser = argparse.ArgumentParser(
        prog="compare-pytorch",
        description="Compares training steps in Gradus with the same steps in PyTorch on the"
        " CPU, or on the same GPU, in alternating slices. Ratios are PyTorch's time over Gradus's: above 1 Gradus"
        " is faster.",
    )
    parser.add_argument(
        "--workload",
        action="append",
        metavar="NAMES",
        help="what to compare, of " + ", ".join(models.workloads()) + ", separated by commas;"
        " may be given several times (default: all; on the CPU those that take seconds there)",
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
        help="renew the tables of a page, such as docs/performance.md; measures single"
        " operations on the CPU and on OpenCL too",
    )
    options = parser.parse_args()
    if options.threads < 1 or options.rounds < 1:
        parser.error("--threads and --rounds are 1 or more")
    if options.clock != "nanoseconds" and options.threads != 1:
        parser.error("--processor-time knows of one thread: add --threads 1")
    names = [name for each in options.workload or [] for name in each.split(",")]
    for name in names:
        if name not in models.workloads():
            parser.error(
                f"--workload: there is no {name}; choose from " + ", ".join(models.workloads())
            )
    usual = [w for w in models.workloads() if options.device != "cpu" or w not in models.FOR_GPUS]
    options.workload = names or usual
    if set(options.precision) - set(LOSS_TOLERANCE):
        parser.error("--precision: choose from " + ",".join(LOSS_TOLERANCE))
    if options.markdown and (options.device != "cpu" or options.precision != ["f32"]):
        parser.error("--markdown: the page's tables are of the CPU, in f32")
    if set(options.modes) - set(MODES):
        parser.error("--modes: choose from " + ",".join(MODES))
    return options


def write(results, options):
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)
            file.write("\n")


def main():
    options = arguments()
    results = []
    failed = False
    start = time.monotonic()
    print(f"{'':13s} {'':8s} {'best ms':>9s} {'median':>9s} {'ratio':>8s} {'median':>8s}")
    with tempfile.TemporaryFile("w+") as log:
        for workload, precision in itertools.product(options.workload, options.precision):
            if options.seconds and time.monotonic() - start > options.seconds:
                print(f"{workload} in {precision}: not begun, as --seconds are over")
                continue
            try:
                result = compare(workload, precision, options, log)
            except RuntimeError as problem:
                failed = True
                log.seek(0)
                print(f"compare-pytorch: {problem}\n{log.read()[-2000:]}", file=sys.stderr)
                continue
            results.append(result)
            show(result)
            write(results, options)  # what a time limit may cut off
    write(results, options)
    if options.markdown and not failed:
        page.renew(options.markdown, results, options)
    sys.exit(1 if failed else 0)


main()
