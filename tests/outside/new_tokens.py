"""New tokens against transformers and PEFT, both ways: our adapter and our merged model opened by them, PEFT's adapter
opened by `lora`, all logits beside each other.

    python tests/outside/new_tokens.py --lora build/libexec/lora [--model FOLDER]

Written for torch 2.13.0, transformers 5.23.0, peft 0.21.2. Without --model tiny models are made, one with a tied head and one
with a head of its own. Prints the largest difference of each comparison; exit code 1 where one is above 1e-3.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

FIXTURES = Path(__file__).parent.parent / "fixtures"
TOKENS = ["<ask>", "<reply>"]
TEXT = "<ask> What is 3?<reply> It is 9."


def tiny(folder, tied):
    torch.manual_seed(1)
    config = LlamaConfig(vocab_size=500, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=tied, initializer_range=0.3,
                         bos_token_id=0, eos_token_id=2)
    LlamaForCausalLM(config).save_pretrained(folder)
    source = FIXTURES / "tokenizers" / "smollm" / "tokenizer.json"
    (folder / "tokenizer.json").write_bytes(source.read_bytes())
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|im_end|>"}))


def base_with(model, rows):
    base = AutoModelForCausalLM.from_pretrained(str(model), dtype=torch.float32, attn_implementation="eager")
    if base.get_input_embeddings().weight.shape[0] < rows:
        base.resize_token_embeddings(rows)
    return base


def logits(model, ids):
    with torch.no_grad():
        return model.eval()(torch.tensor([ids])).logits[0]


def ours(lora, ids, model, adapter, folder):
    out = folder / "logits.safetensors"
    command = [lora, "logits", "--model", str(model), "--ids", ",".join(map(str, ids)), "--out", str(out)]
    subprocess.run(command + (["--adapter", str(adapter)] if adapter else []), check=True)
    return next(iter(load_file(out).values())).reshape(len(ids), -1).float()


def compare(name, a, b):
    difference = (a - b).abs().max().item() if a.shape == b.shape else float("inf")
    print(f"{name}: {list(a.shape)} and {list(b.shape)}, largest difference {difference:.2e}")
    return difference <= 1e-3


def train_ours(lora, model, folder):
    data = folder / "rows.jsonl"
    data.write_text("".join(json.dumps({"prompt": f"<ask> What is {i}?", "completion": f"<reply> It is {i * i}."}) + "\n" for i in range(12)))
    subprocess.run([lora, "train", "--model", str(model), "--data", str(data), "--out", str(folder / "run"), "--device", "cpu",
                    "--new-tokens", ",".join(TOKENS), "--steps", "4", "--batch", "4", "--lr", "1e-2"], check=True, stdout=subprocess.DEVNULL)
    return folder / "run" / "adapter"


def check(lora, model, folder):
    good = []
    adapter = train_ours(lora, model, folder)
    tokenizer = AutoTokenizer.from_pretrained(str(adapter))
    own = len(AutoTokenizer.from_pretrained(str(model)))
    ids = tokenizer(TEXT, add_special_tokens=False).input_ids
    good.append(sum(i >= own for i in ids) == 2)
    print("the new tokens' ids:", [i for i in ids if i >= own])
    rows = max(ids) + 1
    theirs = PeftModel.from_pretrained(base_with(model, max(rows, own + len(TOKENS))), str(adapter))
    good.append(compare("our adapter in PEFT", logits(theirs, ids), ours(lora, ids, model, adapter, folder)))
    subprocess.run([lora, "merge", "--model", str(model), "--adapter", str(adapter), "--out", str(folder / "merged")], check=True,
                   stdout=subprocess.DEVNULL)
    merged = AutoModelForCausalLM.from_pretrained(str(folder / "merged"), dtype=torch.float32, attn_implementation="eager")
    good.append(AutoTokenizer.from_pretrained(str(folder / "merged"))(TEXT, add_special_tokens=False).input_ids == ids)
    good.append(compare("our merged model in transformers", logits(merged, ids), logits(theirs, ids)))

    extended = AutoTokenizer.from_pretrained(str(model))
    extended.add_tokens(TOKENS)
    good.append(extended(TEXT, add_special_tokens=False).input_ids == ids)
    base = base_with(model, len(extended))
    tied = base.config.tie_word_embeddings
    new = list(range(own, len(extended)))
    indices = new if tied else {"embed_tokens": new, "lm_head": new}
    made = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM",
                                           trainable_token_indices=indices))
    torch.manual_seed(2)
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            if "lora_B" in name or "trainable_tokens_delta" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    made.save_pretrained(str(folder / "peft"))
    extended.save_pretrained(str(folder / "peft"))
    good.append(compare("PEFT's adapter here", logits(made, ids), ours(lora, ids, model, folder / "peft", folder)))
    names = [{n for n in load_file(f / "adapter_model.safetensors") if n.endswith("trainable_tokens_delta")} for f in (adapter, folder / "peft")]
    print("tensors of rows, ours and PEFT's:", *map(sorted, names))
    good.append({n for n in names[1] if not (tied and "lm_head" in n)} == names[0])  # PEFT writes a tied head's rows twice
    return all(good)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", required=True)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    good = True
    for tied in [None] if options.model else [True, False]:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            model = options.model
            if model is None:
                model = folder / "model"
                tiny(model, tied)
                print("a tied head:" if tied else "a head of its own:")
            good &= check(options.lora, model, folder)
    print("all equal" if good else "something differs")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
