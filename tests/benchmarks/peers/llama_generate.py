"""llama.cpp, by xllamacpp, goes on from a prompt; prints one JSON object.

usage: llama_generate.py GGUF PROMPT TOKENS THREADS"""
import json
import sys

import xllamacpp

path, prompt, tokens, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
params = xllamacpp.CommonParams()
params.model.path = path
params.n_ctx, params.n_parallel, params.warmup = 512, 1, True
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
server = xllamacpp.Server(params)
answer = server.handle_completions({"prompt": prompt, "max_tokens": tokens, "temperature": 0, "ignore_eos": True})
print(json.dumps({"tokens_per_s": answer["timings"]["predicted_per_second"], "tokens": answer["timings"]["predicted_n"]}))
