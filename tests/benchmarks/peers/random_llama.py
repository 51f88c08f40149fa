"""A Hugging Face folder of a Llama of a published shape with random weights in bfloat16."""
import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

SHAPES = {
    "1b": {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
           "num_key_value_heads": 8, "head_dim": 64, "vocab_size": 128256, "tie_word_embeddings": True},
    "8b": {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
           "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 128256, "tie_word_embeddings": False},
}
SPREAD = 0.02  # of the weights, as transformers begins with

parser = argparse.ArgumentParser()
parser.add_argument("--shape", choices=SHAPES, required=True)
parser.add_argument("--tokenizer", type=Path, required=True, help="a folder whose tokenizer it gets")
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--device", default="cpu", help="where the weights are drawn")
options = parser.parse_args()
torch.manual_seed(0)

shape = SHAPES[options.shape]
hidden, inner, head = shape["hidden_size"], shape["intermediate_size"], shape["head_dim"]
queries, keys = shape["num_attention_heads"] * head, shape["num_key_value_heads"] * head
block = {"self_attn.q_proj": (queries, hidden), "self_attn.k_proj": (keys, hidden), "self_attn.v_proj": (keys, hidden),
         "self_attn.o_proj": (hidden, queries), "mlp.gate_proj": (inner, hidden), "mlp.up_proj": (inner, hidden),
         "mlp.down_proj": (hidden, inner)}


def drawn(*size):
    return torch.empty(size, dtype=torch.bfloat16, device=options.device).normal_(0, SPREAD).cpu()


weights = {"model.embed_tokens.weight": drawn(shape["vocab_size"], hidden),
           "model.norm.weight": torch.ones(hidden, dtype=torch.bfloat16)}
if not shape["tie_word_embeddings"]:
    weights["lm_head.weight"] = drawn(shape["vocab_size"], hidden)
for layer in range(shape["num_hidden_layers"]):
    for name, size in block.items():
        weights[f"model.layers.{layer}.{name}.weight"] = drawn(*size)
    for name in ("input_layernorm", "post_attention_layernorm"):
        weights[f"model.layers.{layer}.{name}.weight"] = torch.ones(hidden, dtype=torch.bfloat16)

options.out.mkdir(parents=True)
save_file(weights, options.out / "model.safetensors", metadata={"format": "pt"})
config = shape | {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
                  "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "torch_dtype": "bfloat16"}
(options.out / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(options.tokenizer / name, options.out)
