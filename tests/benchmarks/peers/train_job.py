"""transformers + PEFT on prompts and completions: one epoch, evaluated before and after, adapter saved; one JSON object.

Padded to the longest of a batch; only completions are learned."""
import argparse
import json
import math
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, get_linear_schedule_with_warmup

BATCH, LENGTH, IGNORED = 8, 256, -100

parser = argparse.ArgumentParser()
for name in ("model", "train", "eval", "out", "dtype"):
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--device", default="cpu")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)

tokenizer = AutoTokenizer.from_pretrained(options.model)
base = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).to(options.device)
model = get_peft_model(base, LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"],
                                        task_type="CAUSAL_LM"))


def examples(path):
    with open(path, encoding="utf-8") as file:
        for row in map(json.loads, file):
            prompt = tokenizer(row["prompt"])["input_ids"]
            completion = tokenizer(row["completion"])["input_ids"] + [tokenizer.eos_token_id]
            yield (prompt + completion)[:LENGTH], ([IGNORED] * len(prompt) + completion)[:LENGTH]


def padded(batch):
    width = max(len(ids) for ids, _ in batch)

    def rows(values, filler):
        return torch.tensor([list(each) + [filler] * (width - len(each)) for each in values], device=options.device)

    return {"input_ids": rows([ids for ids, _ in batch], tokenizer.eos_token_id),
            "labels": rows([labels for _, labels in batch], IGNORED),
            "attention_mask": rows([[1] * len(ids) for ids, _ in batch], 0)}


@torch.no_grad()
def evaluation_loss(data):
    model.eval()
    total = count = 0
    for begin in range(0, len(data), BATCH):
        batch = padded(data[begin:begin + BATCH])
        learned = (batch["labels"][:, 1:] != IGNORED).sum().item()
        total += model(**batch).loss.item() * learned
        count += learned
    model.train()
    return total / count


train, held_out = list(examples(options.train)), list(examples(options.eval))
before = evaluation_loss(held_out)
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=5e-4, weight_decay=0.0)
steps = math.ceil(len(train) / BATCH)
schedule = get_linear_schedule_with_warmup(optimizer, int(0.03 * steps), steps)
order = torch.randperm(len(train)).tolist()
begin, tokens = time.perf_counter(), 0
for step in range(steps):
    batch = padded([train[i] for i in order[step * BATCH:(step + 1) * BATCH]])
    tokens += int(batch["attention_mask"].sum())
    model(**batch).loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
seconds = time.perf_counter() - begin
after = evaluation_loss(held_out)
model.save_pretrained(options.out)
print(json.dumps({"eval_before": before, "eval_after": after, "tokens": tokens, "train_s": seconds}))
