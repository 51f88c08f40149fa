"""Does each architecture compute and train as transformers and PEFT do? On random models that they write: the logits of one text, and
the losses of five steps that start from an adapter of all linears.

    python architectures.py --lora build/lora --tokenizer FOLDER [NAME…]

FOLDER is a Hugging Face folder whose tokenizer the models get, of at most 49,152 tokens (SmolLM2's). Checked with torch 2.13.0,
transformers 5.24.0 and peft 0.21.2. One line for each of configurations.py; exit code 1 where one does not hold to 1e-4.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from configurations import CONFIGURATIONS
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

IDS = [5, 812, 7, 4021, 33, 1999, 20001, 14, 12, 700, 701, 3, 29000, 41, 42, 43, 44, 2500, 9, 8]
STEPS, BATCH, RATE, NEAR = 5, 2, 1e-3, 1e-4


def random_model(name, tokenizer, folder):
    """Weights with which wrong mathematics shows; norms and biases are none of the usual ones and zeros."""
    config = AutoConfig.for_model(name.split("-")[0], **CONFIGURATIONS[name])
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() > 1:
                parameter.copy_(noise * (0.5 if "embed" in path or "wte" in path else 0.6 / parameter.shape[-1] ** 0.5))
            else:
                parameter.copy_(0.1 * noise + ("norm" in path.lower() or "ln_" in path) * parameter)
    model.tie_weights()
    model.save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, folder)
    return model


def ask(lora, *words):
    done = subprocess.run([lora, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-200:])
    return done.stdout


def logits_apart(lora, model, folder):
    """The largest difference, as a share of the largest logit."""
    out = folder / "logits.safetensors"
    ask(lora, "logits", "--model", folder, "--ids", ",".join(map(str, IDS)), "--out", out, "--device", "cpu")
    with torch.no_grad():
        wanted = model(input_ids=torch.tensor([IDS])).logits[0]
    return ((load_file(out)["logits"] - wanted).abs().max() / wanted.abs().max().clamp(min=1)).item()


def padded(rows, filler):
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def peft_losses(adapted, rows):
    parameters = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
    optimizer, losses = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0), []
    adapted.train()
    for first in range(0, STEPS * BATCH, BATCH):
        batch = rows[first:first + BATCH]
        loss = adapted(input_ids=padded(batch, 0), labels=padded(batch, -100), attention_mask=padded([[1] * len(row) for row in batch], 0)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def losses_apart(lora, model, folder):
    torch.manual_seed(1)
    adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM"))
    for path, parameter in adapted.named_parameters():
        if "lora_B" in path:
            torch.nn.init.normal_(parameter, std=0.02)
    adapted.save_pretrained(folder / "start")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [tokenizer.decode([(7 * i + 13 * j) % 20000 + 300 for j in range(17 + i % 5)]) for i in range(STEPS * BATCH)]
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    said = ask(lora, "train", "--model", folder, "--data", folder / "texts.jsonl", "--out", folder / "run", "--adapter", folder / "start",
               "--dtype", "float32", "--device", "cpu", "--batch", BATCH, "--steps", STEPS, "--lr", RATE, "--schedule", "constant",
               "--warmup", 0, "--no-shuffle", "--json")
    found = [event["loss"] for event in map(json.loads, said.splitlines()) if event["event"] == "step"]
    rows = [tokenizer(text, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id] for text in texts]
    return max(abs(a - b) for a, b in zip(found, peft_losses(adapted, rows), strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lora", required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names, held = options.names or list(CONFIGURATIONS), 0
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            model = random_model(name, options.tokenizer, folder)
            try:
                logits, losses = logits_apart(options.lora, model, folder), losses_apart(options.lora, model, folder)
                holds, what = max(logits, losses) <= NEAR, f"logits {logits:.0e} of the largest, losses {losses:.0e} apart"
            except RuntimeError as refusal:
                holds, what = False, f"refused: {refusal}"
        held += holds
        print(f"{name}: {'holds' if holds else 'DOES NOT HOLD'}, {what}", flush=True)
    print(f"{held} of {len(names)} hold")
    sys.exit(held < len(names))


if __name__ == "__main__":
    main()
