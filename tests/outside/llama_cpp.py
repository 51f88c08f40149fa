"""Does llama.cpp go on from ten prompts as `lora generate` does?

For a merged GGUF file against the base and its adapter, or for a GGUF adapter against the adapter it came from. Greedy, 32 tokens each;
where the two part, our scores of the two tokens there are said: within 0.1 of each other the parting is rounding.

    python llama_cpp.py --lora build/lora --model BASE [--adapter ADAPTER] --gguf FILE [--gguf-adapter FILE]

BASE and ADAPTER are what `lora` opens; the files are llama.cpp's. Checked with xllamacpp 2026.10.11549. Exit code 1 where one prompt
parts otherwise than by rounding.
"""
import argparse
import json
import subprocess
import sys
import tempfile

import xllamacpp
from safetensors.torch import load_file

PROMPTS = ["The capital of France is", "Once upon a time there was", "The three primary colours are", "def fibonacci(n):", "Water boils at",
           "In 1969, humans first", "The opposite of hot is", "My favourite recipe for bread begins with",
           "The largest planet in the solar system", "To be or not to be,"]
TOKENS = 32


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, needed in [("lora", True), ("model", True), ("adapter", False), ("gguf", True), ("gguf-adapter", False)]:
        parser.add_argument("--" + name, required=needed)
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--begin", type=int, nargs="*", default=[], help="the begin token's id, where the model puts one in front of a text")
    parser.add_argument("--threads", type=int, default=2, help="of llama.cpp; on a busy machine one is far faster than two that wait for each other")
    return parser.parse_args()


class Lora:
    """The command, one process a question."""

    def __init__(self, options):
        self.command, self.model = options.lora, ["--model", options.model]
        self.opened = self.model + (["--adapter", options.adapter] if options.adapter else []) + ["--dtype", options.dtype]

    def ask(self, verb, *words, text=None):
        return subprocess.run([self.command, verb, *words], input=text, capture_output=True, text=True, check=True).stdout

    def tokens(self, prompt):
        return json.loads(self.ask("tokenize", *self.model, "--json", text=prompt))["ids"]

    def goes_on(self, prompt):
        words = ["--prompt", prompt, "--max-new-tokens", str(TOKENS), "--temperature", "0", "--json"]
        return json.loads(self.ask("generate", *self.opened, *words).splitlines()[-1])["ids"]

    def scores(self, ids):
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            self.ask("logits", *self.opened, "--ids", ",".join(map(str, ids)), "--out", file.name)
            return load_file(file.name)["logits"][-1]


def server(options):
    params = xllamacpp.CommonParams()
    params.model.path = options.gguf
    params.n_ctx, params.n_parallel, params.warmup = 512, 1, False
    params.cpuparams.n_threads = options.threads
    if options.gguf_adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(options.gguf_adapter, 1.0)]
    return xllamacpp.Server(params)


def main():
    options = arguments()
    ours, theirs, parted = Lora(options), server(options), 0
    for prompt in PROMPTS:
        answer = theirs.handle_completions({"prompt": prompt, "max_tokens": TOKENS, "temperature": 0, "logprobs": 1})["choices"][0]
        found, wanted = [token["id"] for token in answer["logprobs"]["content"]], ours.goes_on(prompt)
        same = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), min(len(found), len(wanted)))
        if found[:len(wanted)] == wanted or (answer["finish_reason"] == "stop" and found == wanted[:-1]):
            print(f"same {len(wanted)} tokens: {prompt!r}", flush=True)
            continue
        if same == len(found):
            print(f"llama.cpp ends after {same} tokens: {prompt!r}")
            parted += 1
            continue
        scores = ours.scores(options.begin + ours.tokens(prompt) + wanted[:same])
        gap = (scores[wanted[same]] - scores[found[same]]).item()
        print(f"parts after {same} tokens, our scores there {gap:.4f} apart: {prompt!r}", flush=True)
        parted += gap > 0.1
    sys.exit(1 if parted else 0)


if __name__ == "__main__":
    main()
