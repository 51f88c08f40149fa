"""Waiting: from process start to the first step, and text to tokens."""
import json
import shutil
import subprocess
import time

from measured import in_turns, report, run
from training import HERE, ROOT, sample_text

TEXT_BYTES = 20_000_000


def seconds_to_first_step(command):
    """Until the first step begins: its event less its own time. The process is then ended."""
    begin = time.perf_counter()
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "step":
                seconds = time.perf_counter() - begin - event["tokens"] / event["tokens_per_s"]
                child.kill()
                return seconds
    raise SystemExit("the program ended before its first step")


def load(options):
    """Start to first step, for each model file there is."""
    text = sample_text(options.scratch)
    for model in dict.fromkeys([options.hf_model, options.model, options.default_model]):
        if not model:
            continue

        def ours():
            folder = options.scratch / "run"
            shutil.rmtree(folder, ignore_errors=True)
            return {"first_step_s": seconds_to_first_step(
                [options.lora, "train", "--model", model, "--data", text, "--out", folder, "--json", "--dtype",
                 options.dtype, "--batch", 1, "--max-length", 64, "--steps", 1, "--threads", options.threads])}

        def peer():
            done = run([options.peer_python, HERE / "peers/train_fixed.py", "--model", model, "--text", text, "--dtype",
                        options.dtype, "--batch", 1, "--length", 64, "--steps", 1, "--rank", 8, "--alpha", 16,
                        "--targets", "q_proj,v_proj", "--threads", options.threads])
            return {"first_step_s": done["events"][0]["ready_s"]}

        sides = {"ours": ours} | ({"peft": peer} if options.peer_python and model == options.hf_model else {})
        report(f"start to first step, {model}, {options.dtype}", in_turns(options.rounds, sides),
               [("first_step_s", False)])


def long_text(folder):
    """20 MB of the project's own files, over and over; a text of one's own (--text) is the better test."""
    paths = [path for path in sorted(ROOT.glob("**/*"))
             if path.suffix in (".cpp", ".h", ".md", ".py", ".jsonl") and "build" not in path.parts]
    once = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    text = folder / "long.txt"
    text.write_text((once * (TEXT_BYTES // len(once) + 1))[:TEXT_BYTES], encoding="utf-8")
    return text


def tokenizer(options):
    """20 MB of text on one thread, for each model there is. Equal digests: equal ids."""
    text = options.text or long_text(options.scratch)
    program = options.build / "tests/benchmarks/benchmark-tokenizer"
    for model in dict.fromkeys([options.hf_model, options.classifier_model, options.model]):
        if not model:
            continue
        sides = {"ours": lambda: run([program, model, text])["events"][0]}
        if options.peer_python and model != options.default_model:
            sides["tokenizers"] = lambda: run([options.peer_python, HERE / "peers/encode_text.py", model, text])["events"][0]
        report(f"tokenizing on one thread, {model}", in_turns(options.rounds, sides), [("mb_per_s", True)])
