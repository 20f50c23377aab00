"""The processes that compute when told to, one of each side, and how they take turns."""

import json
import re
import shlex
import statistics
import subprocess
import time

# A side that has not got faster by a fiftieth in this part of its warm-up is warm.
STEADY_PART = 0.4
FASTER = 0.98


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

    def peak_resident(self):
        """Returns the most bytes that the process had in memory; None where that is not told."""
        try:
            with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
                text = status.read()
        except OSError:
            return None
        found = re.search(r"^VmHWM:\s*(\d+) kB", text, re.MULTILINE)
        return int(found.group(1)) * 1024 if found else None

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def warm_up(side, seconds, steady_from=None):
    """Runs steps for some time and returns the milliseconds of the fastest.

    From steady_from seconds on a side that gets no faster needs no more.
    """
    start = now = last = time.monotonic()
    steps, best = 1, float("inf")
    while now < start + seconds:
        spent = side.milliseconds(steps)
        now = time.monotonic()
        if spent < FASTER * best:
            last = now
        best = min(best, spent)
        if spent * steps < 50:
            steps = min(2 * steps, 100_000)
        elapsed = now - start
        if steady_from is not None and elapsed > steady_from:
            if now - last > STEADY_PART * elapsed:
                break
    return best


def steps_in(milliseconds, best):
    return max(1, round(milliseconds / best))


def take_turns(everyone, slices, rounds):
    """Returns the milliseconds of a step, for each of the sides and rounds."""
    times = {name: [] for name in everyone}
    for turn in range(rounds):
        order = list(everyone) if turn % 2 == 0 else list(reversed(everyone))
        for name in order:
            # The threads of the others stop spinning, and the caches are filled again.
            time.sleep(0.02)
            everyone[name].milliseconds(max(1, slices[name] // 10))
            times[name].append(everyone[name].milliseconds(slices[name]))
    return times


def summary(times):
    return {"best": min(times), "median": statistics.median(times)}


def ratios(theirs, ours):
    """Compares a side of PyTorch's with ours, by bests and by neighbouring slices."""
    return {
        **summary(theirs),
        "ratioOfBests": min(theirs) / min(ours),
        "medianRatio": statistics.median(t / o for t, o in zip(theirs, ours)),
    }
