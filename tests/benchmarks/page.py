"""Renews the measured tables of a Markdown page, between comments such as
<!-- steps: begin --> and <!-- steps: end -->."""

import datetime
import json
import os
import platform
import re
import shlex
import subprocess

MODES = {"eager": "eager", "fused": "fused optimizer", "compile": "torch.compile"}


def renew(file, results, options):
    with open(file, encoding="utf-8") as page:
        text = page.read()
    text = section(text, "machine", machine(results, options))
    text = section(text, "steps", steps(results))
    text = section(text, "operations", operations(options))
    with open(file, "w", encoding="utf-8") as page:
        page.write(text)


def section(text, name, content):
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if begin not in text or end not in text:
        raise SystemExit(f"compare-pytorch: the page has no {begin} ... {end}")
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    return re.sub(pattern, lambda _: f"{begin}\n{content}\n{end}", text, flags=re.DOTALL)


def machine(results, options):
    model = platform.processor() or platform.machine()
    vectors = ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            text = info.read()
        model = re.search(r"^model name\s*:\s*(.*)$", text, re.MULTILINE).group(1)
        vectors = ", AVX-512" if "avx512f" in text else ", AVX2" if "avx2" in text else ""
    except (OSError, AttributeError):
        pass
    version = next((result["pytorch"] for result in results if "pytorch" in result), "?")
    clock = "" if options.clock == "nanoseconds" else " Time on the processor, not by the clock."
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"Measured on {datetime.date.today()}: {os.cpu_count()} cores ({model}{vectors}),"
        f" {options.threads} thread(s) on each side, PyTorch {version}, {options.rounds} slices of"
        f" {options.slice:.0f} ms; load of the machine at the end {load}.{clock}"
    )


def steps(results):
    lines = [
        "| step | Gradus, ms | " + " | ".join(MODES.values()) + " | ratios |",
        "|---|---|" + "---|" * len(MODES) + "---|",
    ]
    for result in results:
        cells = [result["workload"], pair(result["ours_ms"])]
        ratios = []
        for mode in MODES:
            other = result.get(mode, {"skipped": "not asked for"})
            if "skipped" in other:
                cells.append("-")
                ratios.append("-")
            else:
                cells.append(pair(other))
                ratios.append(f"{other['ratioOfBests']:.2f} ({other['medianRatio']:.2f})")
        lines.append("| " + " | ".join(cells) + " | " + " / ".join(ratios) + " |")
    skipped = {
        f"{MODES[mode]} of {result['workload']}: {result[mode]['skipped']}"
        for result in results
        for mode in MODES
        if "skipped" in result.get(mode, {})
    }
    return "\n".join(lines + ["", *sorted(f"Skipped: {text}." for text in skipped)]).rstrip()


def pair(times):
    return f"{milliseconds(times['best'])} ({milliseconds(times['median'])})"


def milliseconds(value):
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def operations(options):
    """Single operations on the CPU device and on the OpenCL device, if there is one."""
    reports = [report(device, options) for device in ("cpu", "opencl")]
    lines = ["| | " + " | ".join(name for name, _ in reports) + " |", "|---|---|---|"]
    rows = [
        ("MLP step, ms", lambda r: f"{value(r, 'mlp', 'step'):.2f}"),
        ("matmul 1024³, GFLOP/s", lambda r: f"{rate(r, 'matmul', '1024x1024x1024'):.0f}"),
        ("launch of a pointwise kernel, µs", lambda r: f"{launch(r, 'pointwise'):.1f}"),
        ("launch of a matmul, µs", lambda r: f"{launch(r, 'matmul'):.1f}"),
    ]
    for name, cell in rows:
        cells = [cell(found) if found else "-" for _, found in reports]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def report(device, options):
    """Returns the name of a device and what was measured on it; None where it is missing."""
    name, results = device, []
    for workload in (["mlp"], ["matmul", "--case", "1024x1024x1024"], ["launch"]):
        command = [*shlex.split(os.environ["GRADUS"]), "benchmark", *workload]
        command += ["--device", device, "--threads", str(options.threads), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            return f"{device}: {done.stderr.strip().splitlines()[-1]}", None
        found = json.loads(done.stdout)
        name = f"{found['device']} ({found['description']})"
        results += found["results"]
    return name, results


def find(results, workload, case):
    for result in results:
        if result["workload"] == workload and result["case"].startswith(case):
            return result
    raise SystemExit(f"compare-pytorch: gradus benchmark gave no {workload} {case}")


def value(results, workload, case):
    return find(results, workload, case)["milliseconds"]["best"]


def rate(results, workload, case):
    result = find(results, workload, case)
    times = result["milliseconds"]
    return result["gigaflopsPerSecond"] * times["median"] / times["best"]


def launch(results, case):
    return 1000 * value(results, "launch", case)
