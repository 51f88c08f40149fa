#!/usr/bin/env python3
"""Training on quantized bases: peak memory, tokens a second and the loss after some steps, a row for each way in which
a base can lie in memory; and, with --large, a random Llama of 1.5 billion weights in Q4_0.

    quantized.py --lora build/.../lora --folder SmolLM2-135M-Instruct --gguf SmolLM2-135M-Instruct.Q4_1.gguf
    quantized.py --lora build/.../lora --large SCRATCH --gguf …    (needs gguf and numpy; writes a file of 0.9 GB there)
"""
import argparse
import statistics
import tempfile
from pathlib import Path

from measured import run
from training import WARM_UP, sample_text

LARGE_VOCABULARY = 151936  # of Qwen 2 1.5B


def train(options, model, quantized, batch, length, steps, scratch):
    done = run([options.lora, "train", "--json", "--model", model, "--data", sample_text(scratch), "--out",
                scratch / f"run-{quantized}-{Path(model).name}", "--device", "cpu", "--dtype", "bfloat16",
                "--quantized", quantized, "--targets", "attention-qv", "--rank", 8, "--batch", batch, "--max-length",
                length, "--steps", steps, "--no-shuffle", "--schedule", "constant", "--warmup", 0, "--lr", 5e-4,
                "--spectrum-every", 0, "--checkpoint-every", 0, "--threads", options.threads])
    each = [event for event in done["events"] if event["event"] == "step"]
    speed = statistics.median(event["tokens_per_s"] for event in each[min(WARM_UP, len(each) - 1):])
    return done["peak_mb"], speed, each[0]["loss"], each[-1]["loss"]


def row(name, figures):
    peak, speed, first, last = figures
    print(f"| {name} | {peak:.0f} MB | {speed:.0f} | {first:.4f} | {last:.4f} |", flush=True)


def write_large(path):
    """Shaped like Qwen 2 1.5B, as a Llama with a tied head: N(0, 0.02) in Q4_0."""
    import numpy as np
    from gguf import GGMLQuantizationType as T, GGUFWriter, quants

    rng = np.random.default_rng(0)
    width, inner, layers, heads, kv_heads, vocabulary = 1536, 8960, 28, 12, 2, LARGE_VOCABULARY
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(layers)
    writer.add_context_length(2048)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_vocab_size(vocabulary)

    def add(name, rows, columns):
        # The same random rows over and over: only their number and type count.
        some = quants.quantize(rng.normal(0, 0.02, (min(rows, 256), columns)).astype(np.float32), T.Q4_0)
        writer.add_tensor(name, np.resize(some, (rows, some.shape[1])), raw_dtype=T.Q4_0)

    def add_norm(name):
        writer.add_tensor(name, np.ones(width, np.float32))

    add("token_embd.weight", vocabulary, width)
    add_norm("output_norm.weight")
    for layer in range(layers):
        block = f"blk.{layer}."
        add_norm(block + "attn_norm.weight")
        add_norm(block + "ffn_norm.weight")
        for name, rows, columns in (("attn_q", width, width), ("attn_k", 256, width), ("attn_v", 256, width),
                                    ("attn_output", width, width), ("ffn_gate", inner, width),
                                    ("ffn_up", inner, width), ("ffn_down", width, inner)):
            add(f"{block}{name}.weight", rows, columns)
    return writer


def add_tokenizer(writer, gguf):
    """That of another file, since a model without one does not open, with unused tokens up to the large vocabulary."""
    from gguf import GGUFReader, GGUFValueType, TokenType

    fillers = {"tokenizer.ggml.tokens": "<unused{}>", "tokenizer.ggml.token_type": TokenType.UNUSED,
               "tokenizer.ggml.scores": 0.0}
    for field in GGUFReader(gguf).fields.values():
        if not field.name.startswith("tokenizer."):
            continue
        kind, contents = field.types[0], field.contents()
        if kind != GGUFValueType.ARRAY:
            writer.add_key_value(field.name, contents, kind)
            continue
        filler = fillers.get(field.name)
        if filler is not None:
            contents += [filler.format(n) if isinstance(filler, str) else filler
                         for n in range(len(contents), LARGE_VOCABULARY)]
        writer.add_key_value(field.name, contents, kind, field.types[-1])


def large(options):
    path = options.large / "llama-1.5b.Q4_0.gguf"
    if not path.exists():
        writer = write_large(path)
        add_tokenizer(writer, options.gguf)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    print(f"{path.name}, 1 x 512, q and v, rank 8:")
    row("Q4_0, packed", train(options, path, "packed", 1, 512, 2, options.large))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", type=Path, required=True, help="the program")
    parser.add_argument("--folder", type=Path, help="a Hugging Face folder")
    parser.add_argument("--gguf", type=Path, required=True, help="a quantized GGUF file of it")
    parser.add_argument("--large", type=Path, help="a folder for the large file")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--steps", type=int, default=12)
    options = parser.parse_args()
    if options.large:
        return large(options)
    print("| base | peak memory | tokens/s | first loss | last loss |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for name, model, quantized in (("bfloat16", options.folder, "packed"), ("NF4", options.folder, "nf4"),
                                       ("int8", options.folder, "int8"),
                                       (f"{options.gguf.name}, packed", options.gguf, "packed"),
                                       (f"{options.gguf.name}, unpacked", options.gguf, "unpacked")):
            row(name, train(options, model, quantized, 2, 256, options.steps, Path(scratch)))


main()
