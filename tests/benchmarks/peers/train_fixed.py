"""transformers + PEFT on rows of equal length from one text; prints one JSON object."""
import argparse
import json
import statistics
import time

begin_s = time.perf_counter()

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

parser = argparse.ArgumentParser()
for name in ("model", "text", "dtype", "targets"):
    parser.add_argument(f"--{name}", required=True)
for name in ("batch", "length", "steps", "rank", "threads"):
    parser.add_argument(f"--{name}", type=int, required=True)
parser.add_argument("--alpha", type=float, required=True)
parser.add_argument("--device", default="cpu")
parser.add_argument("--compile", action="store_true")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)

tokenizer = AutoTokenizer.from_pretrained(options.model)
base = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).to(options.device)
targets = options.targets if options.targets == "all-linear" else options.targets.split(",")
model = get_peft_model(base, LoraConfig(r=options.rank, lora_alpha=options.alpha, target_modules=targets,
                                        task_type="CAUSAL_LM"))
with open(options.text, encoding="utf-8") as file:
    ids = tokenizer(file.read())["input_ids"]
rows = torch.tensor(ids[:len(ids) // options.length * options.length]).view(-1, options.length)
batches = rows.split(options.batch)  # the last of an epoch may be smaller, as ours is
if options.compile:
    model = torch.compile(model)
trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=2e-4, weight_decay=0.0)
model.train()
losses, speeds = [], []
ready_s = time.perf_counter() - begin_s
for step in range(options.steps):
    begin = time.perf_counter()
    batch = batches[step % len(batches)].to(options.device)
    loss = model(input_ids=batch, labels=batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
    speeds.append(batch.numel() / (time.perf_counter() - begin))
figures = {"tokens_per_s": statistics.median(speeds[2:] or speeds), "losses": [round(loss, 5) for loss in losses],
           "ready_s": ready_s}
if options.device != "cpu":
    figures["peak_mb"] = torch.cuda.max_memory_allocated() / 2**20
print(json.dumps(figures))
