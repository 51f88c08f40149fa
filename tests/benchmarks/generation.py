#!/usr/bin/env python3
"""Generation, one token after the other: from a GGUF file beside llama.cpp, and from bfloat16 beside what the machine can
read: each token reads each weight once, so no more of them come than the bandwidth has room for.

    generation.py --lora build/.../lora --gguf FILE [--folder HF_FOLDER] --peer-python PYTHON

PYTHON has xllamacpp, and torch for the bandwidth. The sides take turns; only ratios of one run mean something.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import time
from pathlib import Path

from measured import in_turns, report, run
from training import HERE

PROMPT = "Once upon a time there was a little village by the sea, where"
SKIPPED = 8  # pieces of text at first whose time does not count: pages that the first tokens read from the file
READ = """
import json, sys, time, torch
torch.set_num_threads(int(sys.argv[1]))
values = torch.ones(2**28)
best = 0
for _ in range(8):
    begin = time.perf_counter()
    values.sum()
    best = max(best, values.nbytes / (time.perf_counter() - begin))
print(json.dumps({"gb_per_s": best / 1e9}))
"""


def ours(options, model, dtype):
    """Tokens a second between the pieces of text as they come, and the process's peak memory."""
    words = [options.lora, "generate", "--model", model, "--device", "cpu", "--dtype", dtype, "--prompt", PROMPT,
             "--max-new-tokens", options.tokens, "--threads", options.threads]
    ids = run(words + ["--json"])["events"][0]["ids"]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE) as child:
        pieces = []  # (when, bytes so far)
        while some := os.read(child.stdout.fileno(), 4096):
            pieces.append(time.perf_counter())
        _, _, used = os.wait4(child.pid, 0)
    # One piece a token, but for those of half a character; the line's end comes by itself.
    seconds = pieces[-2] - pieces[SKIPPED]
    return {"tokens_per_s": (len(ids) - 1 - SKIPPED) / seconds, "tokens": len(ids), "peak_mb": used.ru_maxrss / 1024}


def against_llama_cpp(options):
    def theirs():
        return run([options.peer_python, HERE / "peers/llama_generate.py", options.gguf, PROMPT, options.tokens,
                    options.threads])["events"][0]

    sides = {"ours": lambda: ours(options, options.gguf, options.dtype), "llama.cpp": theirs}
    report(f"generation from {options.gguf.name}, {options.threads} threads", in_turns(options.rounds, sides),
           [("tokens_per_s", True)])


def weight_bytes(folder):
    """Of what a token reads, in 16 bits: all weights but an embedding that is not the head's too."""
    tied = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("tie_word_embeddings")
    count = 0
    for path in folder.glob("*.safetensors"):
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        count += sum(math.prod(tensor["shape"]) for name, tensor in header.items()
                     if name != "__metadata__" and (tied or "embed_tokens" not in name))
    return 2 * count


def against_bandwidth(options):
    size = weight_bytes(options.folder)
    rates, speeds = [], []
    for _ in range(options.rounds):
        rates.append(run([options.peer_python, "-c", READ, options.threads])["events"][0]["gb_per_s"])
        speeds.append(ours(options, options.folder, "bfloat16")["tokens_per_s"])
    rate, speed = statistics.median(rates), statistics.median(speeds)
    print(f"\ngeneration from {options.folder.name} in bfloat16, {options.threads} threads\n  {speed:.1f} tokens/s; the machine reads "
          f"{rate:.1f} GB/s, {rate * 1e9 / size:.1f} times the {size / 1e6:.0f} MB of weights: {speed * size / rate / 1e9:.2f} of it")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", type=Path, required=True, help="the program")
    parser.add_argument("--gguf", type=Path, help="a GGUF file")
    parser.add_argument("--folder", type=Path, help="a Hugging Face folder in bfloat16")
    parser.add_argument("--peer-python", required=True, help="a Python with xllamacpp and torch")
    parser.add_argument("--dtype", default="float32", help="of the activations beside packed weights [float32]")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.gguf:
        against_llama_cpp(options)
    if options.folder:
        against_bandwidth(options)


main()
