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
                values[name.rstrip(":")] = int(value)
    except OSError:
        return 0
    return values.get("Anonymous", 0) / 1024  # of one that has just ended nothing is told


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


ROWS = 5_000_000
WRITE_ROWS = """
import random, sys
import pyarrow, pyarrow.parquet
path, text, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = [line.rstrip() for _, line in zip(range(200_000), open(text, encoding="utf-8"))]
chance = random.Random(11)
schema = pyarrow.schema([("question", pyarrow.string()), ("answer", pyarrow.string())])
with pyarrow.parquet.ParquetWriter(path, schema) as writer:
    for begin in range(0, count, 100_000):
        number = min(100_000, count - begin)
        columns = [[chance.choice(lines)[:60] for _ in range(number)] for _ in schema]
        writer.write_table(pyarrow.table(columns, schema=schema))
"""


def large_rows(options, text, count):
    """A Parquet file of short questions and answers out of the text's lines."""
    path = options.scratch / f"rows-{count}.parquet"
    subprocess.run([options.peer_python, "-c", WRITE_ROWS, path, text, str(count)], check=True)
    return path


def beginning_of(path, size_bytes):
    part = path.with_name(f"{path.stem}-{size_bytes}.txt")
    with open(path, "rb") as whole:
        part.write_bytes(whole.read(size_bytes))
    return part


def first_steps(options, data):
    """Of a run on this data, once its tokens are to be made and once they are found."""
    folder, tokens = options.scratch / "run", options.scratch / "tokens"
    shutil.rmtree(tokens, ignore_errors=True)
    results = {}
    for turn in ("made", "found"):
        shutil.rmtree(folder, ignore_errors=True)
        results[turn] = first_step(
            [options.lora, "train", "--model", options.model or options.default_model, "--data", data, "--out", folder,
             "--json", "--batch", 4, "--steps", 2, "--threads", options.threads], {"LORA_TOKENS": str(tokens)})
    shutil.rmtree(tokens, ignore_errors=True)
    return results


def told(title, few, eighth, whole):
    """`few`, `eighth`, `whole`: first_steps() of some rows, of an eighth of the data and of all."""
    above = {turn: figures["peak_private_mb"] - few[turn]["peak_private_mb"] for turn, figures in whole.items()}
    report(title, {"ours": whole["found"], "made": whole["made"], "few rows": few["made"], "an eighth": eighth["made"]}, [])
    print(f"  memory above a few rows: {above['made']:.0f} MB made, {above['found']:.0f} MB found")
    seconds = [figures["made"]["first_step_s"] - few["made"]["first_step_s"] for figures in (eighth, whole)]
    print(f"  seconds for as much: {seconds[1] / 8 / max(seconds[0], 1e-3):.2f} of those of the first eighth", flush=True)


def large(options):
    text = large_text(options.scratch)
    told(f"{GIGABYTES} GB of text to the first step", first_steps(options, beginning_of(text, 40_000)),
         first_steps(options, beginning_of(text, text.stat().st_size // 8)), first_steps(options, text))
    if not options.peer_python:
        print("the Parquet file is left out: it needs --peer-python, one with pyarrow")
        return
    few, eighth, whole = (first_steps(options, large_rows(options, text, count)) for count in (10, ROWS // 8, ROWS))
    told(f"Parquet of {ROWS:,} rows to the first step", few, eighth, whole)
