"""Processes and their figures: one run of a program, and several programs in turns."""
import json
import os
import statistics
import subprocess
import sys
import time


def run(command, given=None):
    """Runs a program to its end. Gives its JSON lines, its seconds and its own peak memory in MB."""
    begin = time.perf_counter()
    child = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE if given else subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, errors = child.stdout, child.stderr
    if given:
        child.stdin.write(given)
        child.stdin.close()
    lines = out.read().splitlines()
    complaints = errors.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {child.returncode}:\n{complaints[-3000:]}")
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    return {"events": objects, "seconds": time.perf_counter() - begin, "peak_mb": used.ru_maxrss / 1024}


def in_turns(rounds, sides):
    """{name: function} → {name: {figure: median}}; the sides take turns, so that both see the same machine.
    A figure that is a list is kept from the last round."""
    results = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            results[name].append(measure())
            print(f"  {name}: {brief(results[name][-1])}", file=sys.stderr, flush=True)
    return {name: median(each) for name, each in results.items() if each}


def median(runs):
    last = runs[-1]
    return {key: value if isinstance(value, (list, str)) else statistics.median(run[key] for run in runs)
            for key, value in last.items()}


def brief(figures):
    return ", ".join(f"{key} {value:.5g}" if isinstance(value, float) else f"{key} {value}"
                     for key, value in figures.items() if not isinstance(value, list))


def report(title, results, ratios):
    """Prints both sides' medians and, for each (figure, larger_is_better), how far ours is ahead."""
    print(f"\n{title}")
    for name, figures in results.items():
        print(f"  {name:<9} {brief(figures)}")
    ours = results["ours"]
    for peer, figures in results.items():
        if peer == "ours":
            continue
        for figure, larger_is_better in ratios:
            if figure not in figures or not figures[figure]:
                continue
            ratio = ours[figure] / figures[figure]
            words = "x" if larger_is_better else "of it"
            print(f"  against {peer}: {figure} {ratio:.2f} {words}")
    sys.stdout.flush()
