"""A Hugging Face folder of a model of any architecture and shape with random weights, as transformers draws them.

usage: random_shape.py TYPE FIELDS TOKENIZER OUT     FIELDS: config.json's, as a JSON object"""
import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM

kind, fields, tokenizer, out = sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
torch.manual_seed(0)
model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **fields), dtype=torch.bfloat16)
model.save_pretrained(out)
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(tokenizer / name, out)
