"""transformers + PEFT on sentences with labels: some epochs, then the accuracy on another file; prints one JSON object."""
import argparse
import json
import math
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

BATCH, LENGTH = 32, 128

parser = argparse.ArgumentParser()
for name in ("model", "train", "eval", "dtype"):
    parser.add_argument(f"--{name}", required=True)
for name in ("epochs", "threads"):
    parser.add_argument(f"--{name}", type=int, required=True)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


train, held_out = rows(options.train), rows(options.eval)
labels = sorted({str(row["label"]) for row in train})
tokenizer = AutoTokenizer.from_pretrained(options.model)
base = AutoModelForSequenceClassification.from_pretrained(options.model, num_labels=len(labels),
                                                          dtype=getattr(torch, options.dtype))
model = get_peft_model(base, LoraConfig(r=8, lora_alpha=16, target_modules=["query", "value"], task_type="SEQ_CLS"))


def tensors(batch):
    made = tokenizer([row["text"] for row in batch], padding=True, truncation=True, max_length=LENGTH,
                     return_tensors="pt")
    made["labels"] = torch.tensor([labels.index(str(row["label"])) for row in batch])
    return made


trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.01)
steps = options.epochs * math.ceil(len(train) / BATCH)
schedule = get_linear_schedule_with_warmup(optimizer, int(0.06 * steps), steps)
model.train()
begin = time.perf_counter()
for _ in range(options.epochs):
    order = torch.randperm(len(train)).tolist()
    for first in range(0, len(order), BATCH):
        model(**tensors([train[i] for i in order[first:first + BATCH]])).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
seconds = time.perf_counter() - begin
model.eval()
right = 0
with torch.no_grad():
    for first in range(0, len(held_out), 64):
        batch = tensors(held_out[first:first + 64])
        right += (model(**batch).logits.argmax(-1) == batch["labels"]).sum().item()
print(json.dumps({"examples_per_s": options.epochs * len(train) / seconds, "accuracy": right / len(held_out)}))
