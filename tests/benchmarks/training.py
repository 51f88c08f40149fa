"""Training: fixed shapes and the real job, each beside transformers + PEFT."""
import json
import math
import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from measured import in_turns, report, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WARM_UP = 2  # steps whose time does not count


class Flops:
    """Operations of a training step of LoRA, recomputation and the updates themselves (about 1 %) not counted:
    forward and input gradient of every frozen matrix, 4 a weight and token, the head only where it is applied; causal
    attention 2·s·d·L forward and twice that backward."""

    def __init__(self, lora, model):
        shape = run([lora, "inspect", model, "--json"])["events"][0]
        blocks = [each for each in shape["linears"] if each["path"].count("layers.")]
        queries = [each for each in blocks if each["path"].endswith("q_proj")]
        self.head = shape["hidden_size"] * shape["vocab_size"]  # a tied one is none of the linears
        self.blocks = sum(each["in"] * each["out"] for each in blocks)
        self.attention = sum(each["out"] for each in queries)

    def of(self, tokens, learned, mean_length):
        return 4 * (self.blocks * tokens + self.head * learned) + 6 * mean_length * self.attention * tokens


def sample_text(folder):
    """Enough text for some steps, from the project's own files."""
    path = folder / "text.txt"
    parts = ["LICENSE", "resources/sample/commands.jsonl", "README.md"]
    path.write_text("\n".join((ROOT / part).read_text(encoding="utf-8") for part in parts), encoding="utf-8")
    return path


@dataclass
class FixedShape:
    """LoRA steps of one shape. Paths of a model for each side, which may be the same."""
    model: Path
    hf_model: Path
    targets: str
    rank: int
    batch: int
    length: int


def fixed_ours(options, shape):
    """The program's figures for a shape."""
    flops = Flops(options.lora, shape.model)
    folder = options.scratch / "run"
    shutil.rmtree(folder, ignore_errors=True)
    done = run([options.lora, "train", "--model", shape.model, "--data", text_of(options), "--out", folder, "--json",
                "--dtype", options.dtype, "--batch", shape.batch, "--max-length", shape.length, "--steps",
                options.steps, "--no-shuffle", "--targets", shape.targets, "--rank", shape.rank, "--alpha",
                2 * shape.rank, "--schedule", "constant", "--warmup", 0, "--spectrum-every", 0,
                "--checkpoint-every", 0, "--threads", options.threads, "--device", options.device, "--profile"])
    each = [event for event in done["events"] if event["event"] == "step"]
    speed = statistics.median(event["tokens_per_s"] for event in each[WARM_UP:])
    learned = (shape.length - 1) / shape.length
    rate = speed * flops.of(1, learned, shape.length) / 1e9
    profile = next(event for event in done["events"] if event["event"] == "profile")
    peak_mb = done["peak_mb"] if options.device == "cpu" else profile["peak_memory_bytes"] / 2**20
    return {"tokens_per_s": speed, "peak_mb": peak_mb, "gflops": rate,
            "of_best_gemm": rate / options.best_gemm[options.dtype], "whole_s": done["seconds"],
            "losses": [round(event["loss"], 5) for event in each]}


def fixed_peer(options, shape, compiled=False):
    """PEFT's, on the same batches."""
    names = {"attention-qv": "q_proj,v_proj", "all-linear": "all-linear"}
    done = run([options.peer_python, HERE / "peers/train_fixed.py", "--model", shape.hf_model, "--text", text_of(options),
                "--dtype", options.dtype, "--batch", shape.batch, "--length", shape.length, "--steps", options.steps,
                "--rank", shape.rank, "--alpha", 2 * shape.rank, "--targets", names[shape.targets], "--threads",
                options.threads, "--device", options.device, *(["--compile"] if compiled else [])])
    return {"peak_mb": done["peak_mb"]} | done["events"][0] | {"whole_s": done["seconds"]}


def text_of(options):
    return options.text or sample_text(options.scratch)


def fixed(options, shape):
    """Batches of equal shape from one text. The peer gets the same batches."""
    sides = {"ours": lambda: fixed_ours(options, shape)}
    if options.peer_python:
        sides["peft"] = lambda: fixed_peer(options, shape)
        if options.compiled:
            sides["compiled"] = lambda: fixed_peer(options, shape, True)
    results = in_turns(options.rounds, sides)
    report(f"training, {shape.batch} x {shape.length}, {options.dtype}, {shape.targets}, rank {shape.rank}", results,
           [("tokens_per_s", True), ("peak_mb", False), ("whole_s", False)])
    for name, figures in results.items():
        print(f"  losses {name}: {figures['losses']}")


def fixed_qv(options):
    fixed(options, FixedShape(options.model, options.hf_model, "attention-qv", 8, options.batch, options.length))


def fixed_all(options):
    fixed(options, FixedShape(options.model, options.hf_model, "all-linear", 16, options.batch, options.length))


def random_llama(options, name, batch, length):
    """Models of published shapes with random weights: their speed is that of trained ones."""
    if not options.peer_python:
        print(f"\n{name}: left out; it needs --peer-python, which makes the model, and --hf-model, whose tokenizer it gets")
        return
    folder = options.scratch / f"llama-{name}"
    run([options.peer_python, HERE / "peers/random_llama.py", "--shape", name, "--tokenizer", options.hf_model, "--out",
         folder, "--device", options.device])
    print(f"\na Llama of {name}'s shape with random weights")
    fixed(options, FixedShape(folder, folder, "all-linear", 16, batch, length))
    shutil.rmtree(folder)


def random_1b(options):
    random_llama(options, "1b", options.batch, 1024)


def random_8b(options):
    random_llama(options, "8b", 2, 4096)


def job(options):
    """From nothing to a saved adapter: prompts and completions, one epoch, evaluated before and after."""
    if not options.train_data or not options.eval_data:
        print("\njob: left out; it needs --train-data and --eval-data, JSON Lines with prompt and completion")
        return
    train, held_out = options.scratch / "train.jsonl", options.scratch / "eval.jsonl"
    for source, path, count in ((options.train_data, train, 400), (options.eval_data, held_out, 100)):
        lines = Path(source).read_text(encoding="utf-8").splitlines()[:count]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    flops, samples = Flops(options.lora, options.model), 400
    # A line end stands for each completion's end token.
    completions = "".join(json.loads(line)["completion"] + "\n" for line in train.read_text(encoding="utf-8").splitlines())
    learned = len(run([options.lora, "tokenize", "--model", options.model, "--json"], completions)["events"][0]["ids"])

    def ours():
        folder = options.scratch / "run"
        shutil.rmtree(folder, ignore_errors=True)
        done = run([options.lora, "train", "--model", options.model, "--data", train, "--eval", held_out, "--out",
                    folder, "--json", "--dtype", options.dtype, "--batch", 8, "--rank", 8, "--lr", 5e-4,
                    "--threads", options.threads, "--device", options.device])
        losses = [event["loss"] for event in done["events"] if event["event"] == "evaluation"]
        steps = [event for event in done["events"] if event["event"] == "step"]
        tokens = sum(event["tokens"] for event in steps)
        train_s = sum(event["tokens"] / event["tokens_per_s"] for event in steps)
        rate = flops.of(tokens, learned, tokens / samples) / train_s / 1e9
        return {"whole_s": done["seconds"], "peak_mb": done["peak_mb"], "eval_before": losses[0],
                "eval_after": losses[-1], "tokens": tokens, "train_s": train_s,
                "gflops": rate, "of_best_gemm": rate / options.best_gemm[options.dtype]}

    def peer():
        done = run([options.peer_python, HERE / "peers/train_job.py", "--model", options.hf_model, "--train", train,
                    "--eval", held_out, "--out", options.scratch / "peer-adapter", "--dtype", options.dtype,
                    "--threads", options.threads, "--device", options.device])
        return {"whole_s": done["seconds"], "peak_mb": done["peak_mb"]} | done["events"][0]

    sides = {"ours": ours} | ({"peft": peer} if options.peer_python else {})
    report(f"the whole job, 400 examples, {options.dtype}", in_turns(options.rounds, sides),
           [("whole_s", False), ("train_s", False), ("peak_mb", False)])


def classify(options):
    """Sentences with labels on a BERT model, rank 8 on query and value, a new head; two epochs unless told otherwise."""
    if not options.classifier_model or not options.class_train_data:
        print("\nclassify: left out; it needs --classifier-model, --class-train-data and --class-eval-data")
        return
    warmup = int(0.06 * options.epochs * math.ceil(sum(1 for _ in open(options.class_train_data, "rb")) / 32))

    def ours():
        folder = options.scratch / "run"
        shutil.rmtree(folder, ignore_errors=True)
        done = run([options.lora, "train", "--model", options.classifier_model, "--data", options.class_train_data,
                    "--eval", options.class_eval_data, "--out", folder, "--json", "--dtype", "float32", "--batch", 32,
                    "--max-length", 128, "--epochs", options.epochs, "--rank", 8, "--targets", "query,value", "--lr", 1e-3,
                    "--device", "cpu", "--warmup", warmup, "--weight-decay", 0.01, "--spectrum-every", 0, "--checkpoint-every", 0,
                    "--threads", options.threads])
        steps = [event for event in done["events"] if event["event"] == "step"]
        seconds = sum(event["tokens"] / event["tokens_per_s"] for event in steps)
        last = [event for event in done["events"] if event["event"] == "evaluation"][-1]
        return {"examples_per_s": 32 * len(steps) / seconds, "accuracy": last["accuracy"], "peak_mb": done["peak_mb"],
                "whole_s": done["seconds"]}

    def peer():
        done = run([options.peer_python, HERE / "peers/classify.py", "--model", options.classifier_model, "--train",
                    options.class_train_data, "--eval", options.class_eval_data, "--dtype", "float32", "--epochs",
                    options.epochs, "--threads", options.threads])
        return done["events"][0] | {"peak_mb": done["peak_mb"], "whole_s": done["seconds"]}

    sides = {"ours": ours} | ({"peft": peer} if options.peer_python else {})
    report(f"classification, {options.epochs} epochs, float32", in_turns(options.rounds, sides),
           [("examples_per_s", True), ("peak_mb", False), ("whole_s", False)])
