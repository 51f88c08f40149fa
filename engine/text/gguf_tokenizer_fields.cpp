#include "engine/text/gguf_tokenizer_fields.h"

#include "engine/error.h"
#include "engine/text/byte_token.h"
#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/gguf_special_tokens.h"
#include "engine/text/gguf_vocabulary.h"
#include "engine/text/sentence_piece_text.h"
#include "engine/text/tokenizer_parts.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

std::string key_of(const std::string& name) { return "tokenizer.ggml." + name; }

[[noreturn]] void cannot(const std::string& where, const std::string& found, const std::string& expected) {
    fail(where, found, expected, "write a Hugging Face folder instead");
}

std::vector<std::int32_t> types_of(const TokenizerParts& parts, std::int64_t vocab_size, bool has_bytes) {
    std::vector<std::int32_t> types(static_cast<std::size_t>(vocab_size), GgufTokenType::Unused);
    const TokenTable& vocabulary = parts.vocabulary();
    for (TokenId id = 0; id < vocabulary.size(); ++id) {
        if (vocabulary.has(id)) {
            types[static_cast<std::size_t>(id)] = GgufTokenType::Normal;
        }
    }
    for (int byte = 0; has_bytes && byte < 256; ++byte) {
        if (const auto id = vocabulary.find(byte_token(static_cast<std::uint8_t>(byte)))) {
            types[static_cast<std::size_t>(*id)] = GgufTokenType::Byte;
        }
    }
    for (const AddedToken& token : parts.added.all()) {
        types[static_cast<std::size_t>(token.id)] =
            token.special ? GgufTokenType::Control : GgufTokenType::UserDefined;
    }
    return types;
}

/// A name for every id of the model, also where the tokenizer has none.
std::vector<std::string> texts_of(const Tokenizer& tokenizer, std::int64_t vocab_size) {
    std::vector<std::string> texts;
    for (std::int64_t id = 0; id < vocab_size; ++id) {
        std::string text(tokenizer.token(static_cast<TokenId>(id)));
        if (text.empty()) {
            text = "[PAD" + std::to_string(id) + "]";
            while (tokenizer.find(text)) {
                text += "_";
            }
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

void add_byte_level(
    GgufFields& fields, const Bpe& bpe, const TokenizerParts& parts, const std::string& where) {
    const auto name = gguf_pre_tokenizer_name(parts.pre_tokenizer, bpe.options().ignore_merges);
    if (!name) {
        cannot(where, "a way to split text that GGUF has no name for", "that of a model llama.cpp knows");
    }
    std::vector<std::string> merges;
    for (const MergingPair& pair : bpe.merges().by_rank()) {
        merges.push_back(std::string(bpe.vocabulary().text(pair.left)) + " "
                         + std::string(bpe.vocabulary().text(pair.right)));
    }
    fields.emplace_back(key_of("model"), std::string("gpt2"));
    fields.emplace_back(key_of("pre"), std::string(*name));
    fields.emplace_back(key_of("merges"), std::move(merges));
}

/// Whether a mark is put in front of a text that begins without a space.
bool adds_mark(const TokenizerParts& parts) {
    std::string first;
    parts.pre_tokenizer.split(parts.normalizer.normalized("x"), /*at_start=*/true,
        [&](std::string_view piece, const Places&) { first += piece; });
    return first.starts_with(space_mark);
}

/// SentencePiece merges what makes the token of the highest score: the one whose merge comes first.
std::vector<float> scores_of(const Bpe& bpe, std::int64_t vocab_size) {
    const std::vector<MergingPair> pairs = bpe.merges().by_rank();
    const auto last = -static_cast<float>(pairs.size()) - 1;
    std::vector<float> scores(static_cast<std::size_t>(vocab_size), last);
    for (auto pair = pairs.rbegin(); pair != pairs.rend(); ++pair) {
        scores[static_cast<std::size_t>(pair->merge.merged)] = -static_cast<float>(pair->merge.rank) - 1;
    }
    return scores;
}

void add_marked(GgufFields& fields, const Bpe& bpe, const TokenizerParts& parts, std::int64_t vocab_size,
    const std::string& where) {
    if (!bpe.is_plain() || !bpe.options().byte_fallback) {
        cannot(where, "BPE of characters without tokens of bytes", "byte-level BPE, or SentencePiece's");
    }
    fields.emplace_back(key_of("model"), std::string("llama"));
    fields.emplace_back(key_of("pre"), std::string("default"));
    fields.emplace_back(key_of("scores"), scores_of(bpe, vocab_size));
    fields.emplace_back(key_of("add_space_prefix"), adds_mark(parts));
    if (bpe.options().unknown) {
        fields.emplace_back(key_of("unknown_token_id"), static_cast<std::uint32_t>(*bpe.options().unknown));
    }
}

void add_templates(GgufFields& fields, const Tokenizer& tokenizer) {
    const std::string usual = "tokenizer.chat_template";
    std::vector<std::string> names;
    for (const NamedText& each : tokenizer.chat_templates()) {
        if (each.name == "default") {
            fields.emplace_back(usual, each.text);
        } else {
            fields.emplace_back(usual + "." + each.name, each.text);
            names.push_back(each.name);
        }
    }
    if (!names.empty()) {
        fields.emplace_back(usual + "s", std::move(names));
    }
}

void note_lost_flags(const TokenizerParts& parts, std::vector<std::string>& notes) {
    const auto& all = parts.added.all();
    const bool lost = std::any_of(all.begin(), all.end(),
        [](const AddedToken& token) { return token.single_word || token.left_strip || token.right_strip; });
    if (lost) {
        notes.emplace_back(
            "Some added tokens take the spaces beside them, or stand only as whole words; GGUF "
            "has no word for that.");
    }
}

} // namespace

GgufFields gguf_tokenizer_fields(const Tokenizer& tokenizer, std::int64_t vocab_size,
    const std::string& where, std::vector<std::string>& notes) {
    const TokenizerParts& parts = tokenizer.parts();
    if (tokenizer.size() > vocab_size) {
        fail(where, std::to_string(tokenizer.size()) + " token ids",
            "no more than the model's vocabulary of " + std::to_string(vocab_size));
    }
    const Bpe* const bpe = std::get_if<Bpe>(&parts.model);
    if (bpe == nullptr) {
        cannot(where, "a tokenizer that is no BPE", "byte-level BPE, or SentencePiece's in a tokenizer.json");
    }
    const bool by_bytes = bpe->options().byte_level;
    GgufFields fields;
    if (by_bytes) {
        add_byte_level(fields, *bpe, parts, where);
    } else {
        add_marked(fields, *bpe, parts, vocab_size, where);
    }
    fields.emplace_back(key_of("tokens"), texts_of(tokenizer, vocab_size));
    std::vector<std::int32_t> types = types_of(parts, vocab_size, !by_bytes);
    if (!by_bytes && bpe->options().unknown) {
        types[static_cast<std::size_t>(*bpe->options().unknown)] = GgufTokenType::Unknown;
    }
    fields.emplace_back(key_of("token_type"), std::move(types));
    add_gguf_special_tokens(fields, tokenizer, notes);
    add_templates(fields, tokenizer);
    note_lost_flags(parts, notes);
    return fields;
}

void need_same_tokens(const Tokenizer& written, const Tokenizer& original, const std::string& where) {
    if (written.encode(telling_text()) != original.encode(telling_text())) {
        cannot(where, "a tokenizer that makes other tokens of a text when it is read from GGUF",
            "one whose rules GGUF has words for");
    }
}

} // namespace lora
