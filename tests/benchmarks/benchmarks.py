#!/usr/bin/env python3
"""Measures the program, each benchmark beside what a user would pick instead where that one's Python is named."""
import argparse
import os
import sys
import tempfile
from pathlib import Path

import large_data
import loading
import shapes
import training
import windows
from measured import run

BUILD = training.ROOT / "build/benchmarks"
BENCHMARKS = {
    "fixed": ("training of a fixed shape, rank 8 on q and v", training.fixed_qv),
    "fixed-all": ("the same, rank 16 on all linears", training.fixed_all),
    "1b": ("the same on a Llama of 1 billion random weights; on a GPU", training.random_1b),
    "8b": ("the same on a Llama of 8 billion, 4,096 tokens a sample; on a GPU", training.random_8b),
    "shapes": ("Qwen 3, Gemma 3 and Phi, each beside a Llama of its shape", shapes.shapes),
    "job": ("400 examples from process start to saved adapter", training.job),
    "classify": ("sentences with labels on a BERT model", training.classify),
    "load": ("from process start to the first step", loading.load),
    "large": ("2 GB of text, Parquet of 5 million rows: tokens made, then found; needs 8 GB of disk", large_data.large),
    "tokenizer": ("20 MB of text on one thread", loading.tokenizer),
    "spectra": ("singular values of all targets, and two adapters compared", windows.spectra),
    "laboratory": ("the laboratory's views of an adapter, beside another one", windows.laboratory),
    "window": ("from process start to a window that can be used", windows.start),
    "stalls": ("the event loop's longest stall while it trains", windows.stalls),
    "runs": ("the page of past runs with five hundred of them", windows.runs),
    "plots": ("the loss plot with a million points", windows.plots),
}


def options():
    parser = argparse.ArgumentParser(
        prog="tests/benchmarks/run", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__,
        epilog="benchmarks:\n" + "\n".join(f"  {name:<10} {about}" for name, (about, _) in BENCHMARKS.items()) + """

Without a name all are run but 1b, 8b, shapes and large. --no-build as the first word leaves out the build. Only ratios of one
run on an otherwise idle machine mean something. Example, with Python packages torch, transformers and peft in ~/peers:
  tests/benchmarks/run fixed --hf-model ~/smollm2 --peer-python ~/peers/bin/python""")
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="which benchmarks")
    add("--lora", default=BUILD / "lora", help="the command to measure")
    add("--model", help="a Hugging Face folder or GGUF file [--hf-model, else the small model]")
    add("--hf-model", help="a Hugging Face folder, the peer's model")
    add("--classifier-model", help="a Hugging Face folder of a BERT model, for the classifier and its tokenizer")
    add("--peer-python", help="a Python with torch, transformers, peft and tokenizers")
    add("--compiled", action="store_true", help="PEFT with torch.compile too")
    add("--rounds", type=int, default=3, help="turns of each side, whose median counts [3]")
    add("--dtype", default="bfloat16", help="float32 or bfloat16 [bfloat16]")
    add("--device", default="cpu", help="cpu or cuda, for training of fixed shapes and the job [cpu]")
    add("--threads", type=int, default=os.cpu_count(), help="CPU threads [all]")
    add("--batch", type=int, default=4, help="samples a step of the fixed shape [4]")
    add("--length", type=int, default=256, help="tokens a sample of the fixed shape [256]")
    add("--steps", type=int, default=8, help="steps of the fixed shape, two of them to warm up [8]")
    add("--text", help="text for the fixed shape and the tokenizer [from the project's files]")
    add("--train-data", help="JSON Lines with prompt and completion, for the job")
    add("--eval-data", help="the same, to evaluate on")
    add("--class-train-data", help="JSON Lines with text and label, for the classifier")
    add("--class-eval-data", help="the same, to evaluate on")
    add("--adapters", nargs=2, metavar="PATH", help="two adapters of the same linears, for the laboratory")
    add("--run", metavar="PATH", help="a run's folder, of which the page of past runs gets five hundred copies")
    add("--epochs", type=int, default=2, help="of the classifier [2]")
    add("--default-model", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.model = chosen.model or chosen.hf_model or chosen.default_model
    if chosen.peer_python and not chosen.hf_model:
        parser.error("--peer-python needs --hf-model, a Hugging Face folder that the peer can read")
    for name in chosen.names:
        if name not in BENCHMARKS:
            parser.error(f"'{name}' is none of {', '.join(BENCHMARKS)}")
    return chosen


def main():
    chosen = options()
    gemm = run([BUILD / "tests/benchmarks/benchmark-gemm", chosen.threads, chosen.device])["events"][0]
    chosen.best_gemm = gemm
    chosen.build = BUILD
    chosen.root = training.ROOT
    where = f"{gemm['threads']} threads" if chosen.device == "cpu" else chosen.device
    print(f"best matrix product on {where}: {gemm['float32']} GFLOP/s in float32, "
          f"{gemm['bfloat16']} in bfloat16", flush=True)
    with tempfile.TemporaryDirectory(prefix="lora-benchmarks-") as scratch:
        chosen.scratch = Path(scratch)
        for name in chosen.names or [each for each in BENCHMARKS if each not in ("1b", "8b", "shapes", "large")]:
            BENCHMARKS[name][1](chosen)


sys.exit(main())
