"""Renews the measured tables of a Markdown page, between comments such as
<!-- steps: begin --> and <!-- steps: end -->."""

import datetime
import os
import platform
import re

from operations import SLICE_MILLISECONDS, below_limit

MODES = {"eager": "eager", "fused": "fused optimizer", "compile": "torch.compile"}


def renew(file, results, options):
    with open(file, encoding="utf-8") as page:
        text = page.read()
    found = [result for result in results if "case" not in result]
    if found:
        text = section(text, "machine", machine(found, options))
        text = section(text, "steps", steps(found))
    found = [result for result in results if "case" in result]
    if found:
        text = section(text, "operations", operations(found, options))
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
    length = SLICE_MILLISECONDS if "case" in results[0] else options.slice
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"Measured on {datetime.date.today()}: {os.cpu_count()} cores ({model}{vectors}),"
        f" {options.threads} thread(s) on each side, PyTorch {version}, {options.rounds} slices of"
        f" {length:.0f} ms; load of the machine at the end {load}.{clock}"
    )


def steps(results):
    lines = [
        "| step | Gradus, ms | " + " | ".join(MODES.values()) + " | ratios | memory, MB |",
        "|---|---|" + "---|" * len(MODES) + "---|---|",
    ]
    for result in results:
        cells = [result["workload"], pair(result["ours_ms"])]
        ratios, memory = [], [resident(result["ours_ms"])]
        for mode in MODES:
            other = result.get(mode, {"skipped": "not asked for"})
            memory.append(resident(other))
            if "skipped" in other:
                cells.append("-")
                ratios.append("-")
            else:
                cells.append(pair(other))
                ratios.append(f"{other['ratioOfBests']:.2f} ({other['medianRatio']:.2f})")
        cells += [" / ".join(ratios), " / ".join(memory)]
        lines.append("| " + " | ".join(cells) + " |")
    skipped = {
        f"{MODES[mode]} of {result['workload']}: {result[mode]['skipped']}"
        for result in results
        for mode in MODES
        if "skipped" in result.get(mode, {})
    }
    return "\n".join(lines + ["", *sorted(f"Skipped: {text}." for text in skipped)]).rstrip()


def pair(times):
    return f"{milliseconds(times['best'])} ({milliseconds(times['median'])})"


def resident(side):
    found = side.get("peakResidentBytes")
    return f"{found / 1e6:.0f}" if found else "-"


def milliseconds(value):
    return f"{value:.3g}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def operations(results, options):
    """A row for each operation; bold is what does not reach the ratio that it should."""
    lines = [
        machine(results, options),
        "",
        "| | case | Gradus, ms | PyTorch, ms | ratio |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        theirs = result["eager"]
        ratio = f"{theirs['ratioOfBests']:.2f}"
        ratio = f"**{ratio}**" if below_limit(result) else ratio
        times = f"{pair(result['ours_ms'])} | {pair(theirs)}"
        median = f"({theirs['medianRatio']:.2f})"
        lines.append(
            f"| {result['workload']} | {result['case']} | {times} | {ratio} {median} |"
        )
    return "\n".join(lines)
