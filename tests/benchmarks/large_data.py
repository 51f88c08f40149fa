"""Data larger than memory: a generated text, its tokens made and then found; time to the first step and memory."""
import json
import os
import random
import shutil
import subprocess
import threading
import time

from measured import report

GIGABYTES = 2
SYLLABLES = ["ka", "lo", "mi", "ren", "tas", "vi", "on", "er", "th", "sel", "un", "dra", "pe", "qui", "zor", "ing"]


def large_text(folder, gigabytes=GIGABYTES):
    """Lines of words by Zipf's law: a tokenizer finds most of them again, as in a language."""
    path = folder / "large.txt"
    chance = random.Random(7)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(50_000)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    lines = []
    for _ in range(20_000):
        line = " ".join(chance.choices(words, weights, k=chance.randint(4, 24)))
        lines.append(f"{line.capitalize()}, {chance.randint(0, 9999)}.\n")
    left = int(gigabytes * 1e9)
    with open(path, "w", encoding="utf-8") as file:
        while left > 0:
            chance.shuffle(lines)
            left -= file.write("".join(lines))
    return path


def private_mb(process):
    """What the process has in memory for itself: neither the pages of files nor those it shares."""
    values = {}
    try:
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            for line in list(file)[1:]:
                name, value = line.split()[:2]
                values[name] = int(value)
    except OSError:
        return 0
    return values["Anonymous"] / 1024


def first_step(command, environment):
    """Seconds until the first step is done, and the most private memory until then. The process is then ended."""
    begin, peak = time.perf_counter(), 0
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          env=os.environ | environment) as child:
        ended = threading.Event()

        def watch():
            nonlocal peak
            while not ended.wait(0.2):
                peak = max(peak, private_mb(child.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        seconds = None
        for line in child.stdout:
            if json.loads(line)["event"] == "step":
                seconds = time.perf_counter() - begin
                break
        ended.set()
        watcher.join()
        child.kill()
    if seconds is None:
        raise SystemExit("the program ended before its first step")
    return {"first_step_s": seconds, "peak_private_mb": peak}


def large(options):
    text = large_text(options.scratch)
    folder = options.scratch / "run"
    results = {}
    for turn in ("made", "found"):
        shutil.rmtree(folder, ignore_errors=True)
        results[turn] = first_step(
            [options.lora, "train", "--model", options.model or options.default_model, "--data", text, "--out", folder,
             "--json", "--batch", 4, "--steps", 2, "--threads", options.threads],
            {"LORA_TOKENS": str(options.scratch / "tokens")})
    report(f"{GIGABYTES} GB of text to the first step", {"ours": results["found"], "made": results["made"]}, [])
