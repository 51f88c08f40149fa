"""Training of several architectures, each beside a Llama of its shape and beside PEFT: what its own parts cost."""
import json
import shutil
from pathlib import Path

from measured import in_turns, run
from training import HERE, FixedShape, fixed_ours, fixed_peer

# Published shapes with fewer blocks and the vocabulary of the tokenizer that they get: a block's time and the head's are
# what they are, the whole fits.
SHAPES = {
    "qwen3": ("Qwen3-0.6B, 3 blocks", {
        "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 3, "num_attention_heads": 16,
        "num_key_value_heads": 8, "head_dim": 128, "tie_word_embeddings": True}),
    "gemma3_text": ("Gemma3-270M, 6 blocks", {
        "hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 6, "num_attention_heads": 4,
        "num_key_value_heads": 1, "head_dim": 256, "tie_word_embeddings": True}),
    "phi": ("Phi 1.5, 2 blocks", {
        "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 2, "num_attention_heads": 32,
        "num_key_value_heads": 32, "head_dim": 64, "tie_word_embeddings": False}),
}
OWN_FIELDS = {"gemma3_text": {"query_pre_attn_scalar": 256, "sliding_window": 512}, "phi": {"partial_rotary_factor": 0.5}}
TARGETS = {"attention-qv": 8, "all-linear": 16}  # and their rank


def random_model(options, kind, fields):
    folder = options.scratch / f"random-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    vocabulary = json.loads(Path(options.hf_model, "config.json").read_text(encoding="utf-8"))["vocab_size"]
    common = {"vocab_size": vocabulary, "max_position_embeddings": 2048, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    run([options.peer_python, HERE / "peers/random_shape.py", kind, json.dumps(common | fields), options.hf_model, folder])
    return folder


def shape_rows(options, kind):
    name, fields = SHAPES[kind]
    own = random_model(options, kind, fields | OWN_FIELDS.get(kind, {}))
    llama = random_model(options, "llama", fields)
    for targets, rank in TARGETS.items():
        shape, same = (FixedShape(folder, folder, targets, rank, options.batch, options.length) for folder in (own, llama))
        sides = {"ours": lambda: fixed_ours(options, shape), "llama": lambda: fixed_ours(options, same)}
        sides["peft"] = lambda: fixed_peer(options, shape)
        found = in_turns(options.rounds, sides)
        share, of_llama = (100 * found[side]["of_best_gemm"] for side in ("ours", "llama"))
        print(f"| {name} | {targets} | {found['ours']['tokens_per_s']:.0f} | {share:.0f} % | {of_llama:.0f} % | {share - of_llama:+.0f} | {found['peft']['tokens_per_s']:.0f} |",
              flush=True)


def shapes(options):
    if not options.peer_python:
        print("\nshapes: left out; it needs --peer-python, which makes the models, and --hf-model, whose tokenizer they get")
        return
    print(f"\ntraining, {options.batch} x {options.length}, {options.dtype}; shares of the best matrix product\n"
          "| shape | targets | tokens/s | share | a Llama's share | points | PEFT, tokens/s |\n|---|---|---|---|---|---|---|")
    for kind in SHAPES:
        shape_rows(options, kind)
