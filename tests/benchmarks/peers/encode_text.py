"""The package `tokenizers` on one text, one thread; prints one JSON object."""
import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402  (reads the variable when it is loaded)

tokenizer = Tokenizer.from_file(f"{sys.argv[1]}/tokenizer.json")
tokenizer.no_truncation()
with open(sys.argv[2], encoding="utf-8", newline="") as file:
    text = file.read()
begin = time.perf_counter()
ids = tokenizer.encode(text, add_special_tokens=False).ids
seconds = time.perf_counter() - begin
digest = 0xCBF29CE484222325
for token in ids:
    digest = (digest ^ token) * 0x100000001B3 % 2**64
print(json.dumps({"mb_per_s": len(text.encode()) / 1e6 / seconds, "tokens": len(ids), "digest": f"{digest:016x}"}))
