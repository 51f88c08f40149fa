#!/usr/bin/env python3
"""Writes the hostile inputs that were thought of, not found: one a class of attack that is known of these formats. Those
that the fuzzers found lie beside them under other names.

    make.py      rewrites known-* in the folders beside it
"""
import json
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent
BETWEEN = b"\n=====\n"  # tests/fuzz/input.h: next_file


def put(reader, name, content):
    folder = HERE / reader
    folder.mkdir(exist_ok=True)
    (folder / f"known-{name}").write_bytes(content)


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def gguf(tensors, keys, rest=b"", version=3):
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + rest


def text(words):
    return struct.pack("<Q", len(words)) + words


def tensor(name, shape, kind, offset):
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


put("safetensors", "length-beyond-the-file", struct.pack("<Q", 2**63) + b"{}")
put("safetensors", "length-that-wraps", struct.pack("<Q", 2**64 - 8) + b"{}" * 8)
put("safetensors", "overlap", safetensors({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
                                           "b": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]}}, b"\0" * 6))
put("safetensors", "shape-that-wraps", safetensors({"a": {"dtype": "F32", "shape": [2**32, 2**32], "data_offsets": [0, 0]}}))
put("safetensors", "trailing-bytes", safetensors({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}, b"\0PK\3\4"))
put("safetensors_header", "name-twice", b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}')
put("safetensors_header", "depth", b'{"a":' + b"[" * 5000)
put("gguf", "counts", gguf(2**63 - 1, 2**63 - 1))
put("gguf", "length-of-a-string", gguf(0, 1, struct.pack("<Q", 2**64 - 1) + b"a"))
put("gguf", "array-without-end", gguf(0, 1, text(b"k") + struct.pack("<IIQ", 9, 0, 2**62)))
put("gguf", "array-of-arrays", gguf(0, 1, text(b"k") + struct.pack("<IIQ", 9, 9, 1) * 40))
put("gguf", "dimension-that-wraps", gguf(1, 0, tensor(b"t", [2**42 + 1, 2**22], 0, 0) + b"\0" * 64))
put("gguf", "product-that-wraps-to-zero", gguf(1, 0, tensor(b"t", [2**32, 2**32], 0, 0) + b"\0" * 64))
put("gguf", "sum-that-wraps", gguf(2, 0, tensor(b"a", [0x7FFFFFFFFFFFFFC0], 24, 0) + tensor(b"b", [0x7FFFFFFFFFFFFFC0], 24, 64)))
put("gguf", "offset-beyond-the-file", gguf(1, 0, tensor(b"t", [4], 0, 2**63) + b"\0" * 64))
put("gguf", "alignment", gguf(0, 1, text(b"general.alignment") + struct.pack("<II", 4, 2**30)))
put("gguf", "five-dimensions", gguf(1, 0, tensor(b"t", [1] * 5, 0, 0)))
put("gguf_vocabulary", "scores-of-another-type", gguf(0, 3,
    text(b"tokenizer.ggml.model") + struct.pack("<I", 8) + text(b"llama")
    + text(b"tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 3) + text(b"<unk>") + text(b"<0x-1>") + text(b"<0xZZ>")
    + text(b"tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 0, 3) + b"\1\2\3"))
steps = [{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}] * 40
put("tokenizer_json", "text-that-doubles", json.dumps({"normalizer": {"type": "Sequence", "normalizers": steps},
    "added_tokens": [{"id": 1, "content": "a"}], "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}).encode()
    + BETWEEN + b"{}" + BETWEEN + b"aaaa")
put("tokenizer_json", "many-steps", json.dumps({"pre_tokenizer": {"type": "Sequence", "pretokenizers":
    [{"type": "Metaspace", "replacement": "_"}] * 500}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}).encode())
put("pattern", "nested-repetition", b"(a+)+$" + BETWEEN + b"a" * 60 + b"b")
put("pattern", "recursion", b"(?R)|a(?1)*(b)" + BETWEEN + b"a" * 4000)
put("pattern", "alternatives-at-every-place", rb"(?:\w+)+[\x{10FFFE}\x{10FFFF}]" + BETWEEN + b"abcdefghijklmnopq " * 20)
put("sentence_pieces", "length-that-wraps", b"{}" + BETWEEN + b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a")
put("sentence_pieces", "number-without-end", b"{}" + BETWEEN + b"\x08" + b"\xff" * 64)
put("chat_template", "loops-in-loops", b"{% for a in range(999999) %}{% for b in range(999999) %}x{% endfor %}{% endfor %}")
put("chat_template", "text-that-doubles", b"{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}")
put("chat_template", "macro-that-calls-itself", b"{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}")
put("chat_template", "brackets", b"{{ " + b"(" * 5000)
put("chat_template", "power", b"{{ 9 ** 9 ** 9 ** 9 }}{{ 'a' * 99999999999 }}")
put("typed_number", "brackets", b"(" * 30000)
put("typed_number", "signs", b"-" * 30000 + b"1")
put("json", "depth", b"[" * 100000)
put("json", "number", b"[1e999, -9223372036854775809, 18446744073709551616]")
put("json", "key-twice", b'{"a": 1, "a": 2}')
put("rows", "quote-that-never-ends", b'2text\n"' + b"a" * 9000)
put("rows", "surrogate-alone", b'0{"text": "\\ud800"}\n')
put("column_mapping", "braces", BETWEEN.join((b"a=prompt,a=prompt", b"{{{{{a}}}{", b'{"a": []}')))
put("run_folder", "steps-that-overflow", b'{"settings": {}, "total_steps": 9223372036854775807}' + BETWEEN
    + b'{"event":"step","step":18446744073709551615,"loss":1e308,"lr":-0.0,"grad_norm":null,"tokens":9223372036854775807,"tokens_per_s":0}\n')
put("events", "zero-bytes", b'{"event":"step"}\n' + b"\0" * 64 + b'\n{"event":"step"}\n')
put("manifest", "way-out-of-the-folder", b'{"version": 1, "files": {"../../etc/passwd": {"size": 1, "sha256": ""}}}')
put("sweep", "too-many-runs", json.dumps({"name": "x", "axes": {"lora.rank": list(range(1, 999)), "training.seed": list(range(999))}}).encode())
put("rank_pattern", "number", b"a=99999999999999999999, =1, b=")
put("repository", "way-out-of-the-folder", json.dumps({"sha": "0" * 40, "siblings": [
    {"rfilename": "../../.ssh/x", "size": 1, "blobId": "a" * 40}]}).encode())
put("repository", "sizes-that-wrap", json.dumps({"sha": "0" * 40, "siblings": [
    {"rfilename": str(i), "size": 2**63 - 1, "blobId": "a" * 40} for i in range(3)]}).encode())
put("http_answer", "redirects-without-end", b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
put("http_answer", "headers-without-end", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 3000)
put("http_answer", "length-that-lies", b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nabc")
