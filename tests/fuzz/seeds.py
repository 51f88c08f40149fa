#!/usr/bin/env python3
"""Writes the inputs that each reader starts from: small good files of every kind that it knows.

    seeds.py FOLDER      FOLDER/<reader>/… , from the fixtures and from what stands here
"""
import json
import struct
import sys
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
BETWEEN = b"\n=====\n"  # input.h: next_file
PIECES = 320            # tokens that a vocabulary keeps
LONGEST = 20_000        # bytes of a fixture that is worth a seed


def safetensors(tensors, metadata=None):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, kind, shape, content in tensors:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + data


def gguf(values, tensors, version=3, alignment=32):
    def text(words):
        encoded = words.encode()
        return struct.pack("<Q", len(encoded)) + encoded

    def value(kind, content):
        if kind == 8:
            return text(content)
        if kind == 9:
            inner, items = content
            return struct.pack("<IQ", inner, len(items)) + b"".join(value(inner, item) for item in items)
        return struct.pack("<" + "BbHhIif?"[kind] if kind < 8 else "<" + {10: "Q", 11: "q", 12: "d"}[kind], content)

    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    head += b"".join(text(key) + struct.pack("<I", kind) + value(kind, content) for key, kind, content in values)
    data = b""
    for name, kind, shape, content in tensors:
        data += b"\0" * (-len(data) % alignment)
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", kind, len(data))
        data += content
    return head + b"\0" * (-len(head) % alignment) + data


def gguf_vocabulary(model, tokens, more):
    return gguf([("general.architecture", 8, "llama"), ("tokenizer.ggml.model", 8, model),
                 ("tokenizer.ggml.tokens", 9, (8, tokens)),
                 ("tokenizer.ggml.token_type", 9, (5, [3 if t.startswith("<") else 1 for t in tokens])),
                 ("tokenizer.ggml.eos_token_id", 4, 2), *more], [])


def small_tokenizer(path):
    """tokenizer.json with the first tokens of its vocabulary, and the merges that make those."""
    tokenizer = json.loads(path.read_text())
    model = tokenizer["model"]
    if isinstance(model.get("vocab"), dict):
        kept = {token: number for token, number in model["vocab"].items() if number < PIECES}
        model["vocab"] = kept
        merges = [merge if isinstance(merge, list) else merge.split(" ", 1) for merge in model.get("merges", [])]
        if "merges" in model:
            model["merges"] = [m for m in merges if "".join(m) in kept and m[0] in kept and m[1] in kept][:40]
    elif isinstance(model.get("vocab"), list):
        model["vocab"] = model["vocab"][:PIECES]
    for number, token in enumerate(tokenizer.get("added_tokens", [])):
        if token["id"] >= PIECES:
            token["id"] = PIECES + number
    return json.dumps(tokenizer, ensure_ascii=False).encode()


def tensor_files(out):
    ones = struct.pack("<6f", *range(6))
    out("safetensors", safetensors([("a", "F32", [2, 3], ones), ("b", "BF16", [4], b"\0" * 8), ("c", "I8", [0], b""),
                                    ("d", "BOOL", [], b"\1")], {"format": "pt"}))
    out("safetensors", safetensors([]))
    out("safetensors_header", b'{"a": {"dtype": "F16", "shape": [1, 2], "data_offsets": [0, 4]}}')
    out("safetensors_header", b'{"__metadata__": {"k": "v"}, "\\u00e4": {"data_offsets": [0, 0], "shape": [0], "dtype": "I64"}}')
    out("gguf", gguf([("general.architecture", 8, "llama"), ("u8", 0, 1), ("f", 6, 0.5), ("b", 7, True), ("d", 12, 1e9),
                      ("q", 11, -5), ("list", 9, (5, [1, -2])), ("words", 9, (8, ["a", ""]))],
                     [("token_embd.weight", 0, [2, 3], b"\0" * 24), ("blk.0.attn_q.weight", 8, [32, 1], b"\1" * 34),
                      ("blk.0.attn_k.weight", 2, [32, 2], b"\2" * 36)]))
    for kind, values, size in ((10, 256, 84), (11, 256, 110), (12, 256, 144), (13, 256, 176), (14, 256, 210),
                               (20, 32, 18), (23, 256, 136), (34, 256, 54), (35, 256, 66), (39, 32, 17), (1, 1, 2)):
        out("gguf", gguf([], [("t", kind, [values], bytes(range(size)))], version=2))
    out("gguf", b"GGUF" + b"\3" + b"\0" * 19)


def vocabularies(out):
    bytes_of_all = [f"<0x{number:02X}>" for number in range(256)]
    llama = ["<unk>", "<s>", "</s>", *bytes_of_all, "▁", "a", "b", "▁a", "ab", "▁ab"]
    scores = ("tokenizer.ggml.scores", 9, (6, [-float(i) for i in range(len(llama))]))
    out("gguf_vocabulary", gguf_vocabulary("llama", llama, [scores]))
    letters = [chr(i) for i in list(range(33, 127)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x144))]
    gpt2 = letters + ["Ġa", "ab", "Ġab", "<|end|>"]
    merges = ("tokenizer.ggml.merges", 9, (8, ["Ġ a", "a b", "Ġa b"]))
    for pre in ("gpt-2", "llama-bpe", "qwen2", "smollm"):
        out("gguf_vocabulary", gguf_vocabulary("gpt2", gpt2, [merges, ("tokenizer.ggml.pre", 8, pre)]))
    out("gguf_vocabulary", gguf_vocabulary("bert", ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁a", "b", "##b"], []))
    for path in sorted((FIXTURES / "tokenizers").glob("*/tokenizer.json")):
        config = path.with_name("tokenizer_config.json")
        parts = [small_tokenizer(path), config.read_bytes() if config.exists() else b"{}", "Ein Text, 12 ab.".encode()]
        if len(parts[0]) <= LONGEST:
            out("tokenizer_json", BETWEEN.join(parts))
    for path in sorted((FIXTURES / "tokenizers").glob("sp_*/tokenizer.model")):
        out("sentence_pieces", b"{}" + BETWEEN + path.read_bytes())
    for pattern in (r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+", r"(a+)+$", r"\K(?<=a)b|c*"):
        out("pattern", pattern.encode() + BETWEEN + "It's aaab 123 \n".encode())


def programs(out):
    for path in sorted(FIXTURES.glob("*/*.jinja")):
        out("chat_template", path.read_bytes())
    for line in (FIXTURES / "templates" / "expressions.txt").read_bytes().splitlines():
        out("chat_template", line)
    for typed in ("1e-4", "2*8", "1/3", "12,5 %", "(1+2)*3k", "4096 tokens", "-.5", "1,000", "2×8−1"):
        out("typed_number", typed.encode())


def data_files(out):
    rows = (FIXTURES / "datasets" / "rows.jsonl").read_bytes().splitlines(keepends=True)
    out("json", b'{"a": [1, -2.5e3, "\\u00e4\\ud83d\\ude00", null, true], "b": {"c": {}}}')
    for row in rows:
        out("json", row)
        out("rows", b"0" + row)
    out("rows", b"1[" + b",\n".join(row.strip() for row in rows) + b"]")
    out("rows", b'2prompt,completion\n"a, ""b""",c\n"two\nlines",d\n')
    out("rows", b"2text;label\na;1\nb;0\n")
    out("rows", b"3question\tanswer\nwhy?\tbecause\n")
    out("rows", b"4\xef\xbb\xbfPlain text.\n\nMore.\n")
    out("rows", b'5{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n')
    for path in sorted((FIXTURES / "datasets").glob("rows.jsonl.*")):
        out("compressed", path.read_bytes())
    out("compressed", (FIXTURES / "datasets" / "bomb.txt.zst").read_bytes())
    for name in ("rows.parquet", "bytes.parquet", "rows.arrow", "rows.feather"):
        out("columns", (FIXTURES / "datasets" / name).read_bytes())
    out("column_mapping", BETWEEN.join((b"q=prompt, a=completion", b"", b'{"q": "why", "a": "so"}')))
    out("column_mapping", BETWEEN.join((b"", b"{{x}} {q}\\n{a}", b'{"q": "why", "a": 1}')))


def run_files(out):
    run = {"version": "0.1.0", "settings": {"lora": {"rank": 8, "alpha": 16}, "training": {"batch": 4, "lr": 1e-3}},
           "total_steps": 9, "labels": ["a", "b"], "trainable_parameters": 100, "head_parameters": 2}
    events = [{"event": "step", "step": 1, "loss": 2.5, "lr": 1e-3, "grad_norm": 1.5, "tokens": 64, "tokens_per_s": 100.5},
              {"event": "evaluation", "step": 1, "loss": 2.25, "perplexity": 9.5, "learned_tokens": 33},
              {"event": "evaluation", "step": 2, "loss": 2.0, "accuracy": 0.5, "samples": 8},
              {"event": "spectrum", "step": 1, "target": "model.layers.0.self_attn.q_proj", "rank": 2,
               "singular_values": [0.5, 0.25], "weight_norm": 3.0, "energy": [0.8, 1.0]},
              {"event": "checkpoint", "step": 1, "best": True}, {"event": "warning", "text": "w"},
              {"event": "done", "step": 9, "adapter": "a", "finished": True, "reason": "all_steps"}]
    lines = "\n".join(json.dumps(event) for event in events).encode() + b"\n"
    notes = json.dumps({"text": "a note", "tags": ["one", "two"], "title": "A title"}).encode()
    out("run_folder", BETWEEN.join((json.dumps(run).encode(), lines, notes, b'{"run": "r", "step": 3, "evaluation_loss": 1.5}')))
    out("events", lines)
    out("events", lines + b'{"event": "st')
    out("manifest", b'{"version": 1, "files": {"a.safetensors": {"size": 3, "sha256": '
        b'"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}}')
    for path in sorted((RESOURCES / "experiments").glob("*.json")):
        out("sweep", path.read_bytes())
    for ranks in ("q_proj=4, mlp.down_proj=16", "model.layers.1.self_attn.q_proj=2", "a=1e400"):
        out("rank_pattern", ranks.encode())


def hub_answers(out):
    files = [{"rfilename": "config.json", "size": 10, "blobId": "a" * 40},
             {"rfilename": "model.safetensors", "size": 99, "blobId": "b" * 40, "lfs": {"sha256": "c" * 64, "size": 99}}]
    out("repository", json.dumps({"sha": "0" * 40, "siblings": files, "gated": False, "private": False, "downloads": 5,
                                  "likes": 1, "cardData": {"license": "mit"}, "tags": ["license:mit"]}).encode())
    out("found", json.dumps([{"id": "org/name", "downloads": 3, "likes": 2, "gated": "auto", "tags": ["license:mit"]},
                             {"id": "name"}]).encode())
    out("http_answer", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"abc\"\r\n\r\nok")
    out("http_answer", b"HTTP/1.1 302 Found\r\nLocation: /other\r\nX-Linked-Etag: W/\"abc\"\r\nContent-Length: 0\r\n\r\n")
    out("http_answer", b"HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nX-Error-Message: slow\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n")
    out("http_answer", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 206 Part\r\nContent-Range: bytes 1-2/3\r\nContent-Length: 2\r\n\r\nab")
    out("http_answer", b"HTTP/1.1 401 No\r\nX-Error-Code: GatedRepo\r\nContent-Length: 0\r\n\r\n")


def cbor(value):
    def head(major, number):
        for code, size in enumerate((1, 2, 4, 8)):
            if number < 24:
                return bytes([major << 5 | number])
            if number < 1 << 8 * size:
                return bytes([major << 5 | 24 + code]) + number.to_bytes(size, "big")

    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(4, len(value)) + b"".join(map(cbor, value))


def frames(out):
    step = [1, [5, 0.5, 1e-3, 2.0, 64, 900.0]]
    for message in (["Told", [1, ["StateChanged", [3]]]], ["Told", [2, ["Warning", ["words"]]]],
                    ["Told", [3, ["EvaluationDone", [[1], [0, 0.5, 1.6, 64, None, [[1, 2], [3, 4]], [["f1", 0.5]]]]]]],
                    ["Told", [4, ["SpectraDone", [[1], [5, 0.1, [["q", [1.0, 0.5], [1.1] + [None] * 7]]]]]]],
                    ["Told", [5, ["Failed", [[1], "why"]]]], ["Told", [0, ["RunOpened", [None, True, False]]]],
                    ["Told", [6, ["StepDone", step + [40, 0.1, 3.0, 1, 2, [[[0.5, 1]] * 13]]]]],
                    ["Told", [7, ["Refused", [[[3], ["StopRun", []]], ["a: found b, expected c", "a", "b", "c"]]]]],
                    ["Attempted", [[3]]], ["TurnedAway", ["why", True]], ["Goodbye", []], ["ListFolder", [1, "/tmp"]],
                    ["FolderListed", [1, "/tmp", [["a", True, 0], ["b", False, 9]], False, ""]],
                    ["Hello", ["0.1.0", "digest", "window", "", 1, False]],
                    ["Welcome", ["e", "box", 1, [0], 1, True, [[["cpu", "a processor", 1]], "", 2], "/m", "/r"]],
                    ["Posted", [[1], ["LoadModel", ["/m", "auto", 0, 0]]]], ["Posted", [[2], ["ShowRow", [6, 0, "word"]]]],
                    ["Posted", [[3], ["SaveTruncated", ["/a", [["q", 4]]]]]]):
        body = cbor(message)
        out("frames", body)
        out("frames", b"\n\x1aLORA-DOOR-1\n" + struct.pack("<I", len(body)) + body)


def main():
    folder, counts = Path(sys.argv[1]), {}

    def out(reader, content):
        counts[reader] = counts.get(reader, 0) + 1
        place = folder / reader
        place.mkdir(parents=True, exist_ok=True)
        (place / f"seed-{counts[reader]:03}").write_bytes(content)

    for write in (tensor_files, vocabularies, programs, data_files, run_files, hub_answers, frames):
        write(out)


main()
