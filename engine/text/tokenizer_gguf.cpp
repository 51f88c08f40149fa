// Tokenizers from the vocabulary inside a GGUF file: `gpt2` is byte-level BPE, `llama` is SentencePiece's
// BPE.

#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/merges.h"
#include "engine/text/model_json.h"
#include "engine/text/tokenizer.h"
#include "engine/text/tokenizer_parts.h"

#include <cmath>
#include <utility>

namespace lora {

namespace {

// Source: llama_token_type in llama.cpp's gguf-py.
enum TokenType : std::int64_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4 };

std::string where_of(const GgufFile& file, std::string_view key) {
    return file.path() + ": " + std::string(key);
}

void check_count(const GgufFile& file, std::string_view key, std::size_t found, std::size_t expected) {
    if (found != expected) {
        fail(where_of(file, key), std::to_string(found) + " entries",
            "one for each of the " + std::to_string(expected) + " tokens");
    }
}

const std::vector<std::string>& tokens_of(const GgufFile& file) {
    const auto& tokens = file.strings("tokenizer.ggml.tokens");
    if (tokens.empty() || tokens.size() > static_cast<std::size_t>(most_token_ids)) {
        fail(where_of(file, "tokenizer.ggml.tokens"), std::to_string(tokens.size()) + " tokens",
            "1 to " + std::to_string(most_token_ids));
    }
    return tokens;
}

/// A text that comes twice belongs to its first id.
TokenTable vocabulary_of(const GgufFile& file) {
    const auto& tokens = tokens_of(file);
    TokenTable vocabulary;
    vocabulary.reserve(tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        vocabulary.add(tokens[id], static_cast<TokenId>(id));
    }
    return vocabulary;
}

std::vector<std::int64_t> types_of(const GgufFile& file) {
    constexpr std::string_view key = "tokenizer.ggml.token_type";
    const std::size_t count = tokens_of(file).size();
    if (file.metadata(key) == nullptr) {
        return std::vector<std::int64_t>(count, TokenType::Normal);
    }
    check_count(file, key, file.integers(key).size(), count);
    return file.integers(key);
}

AddedTokens added_of(const GgufFile& file, const std::vector<std::int64_t>& types) {
    const auto& tokens = tokens_of(file);
    std::vector<AddedToken> added;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const std::int64_t type = types[id];
        const bool is_special = type == TokenType::Control || type == TokenType::Unknown;
        if (is_special || type == TokenType::UserDefined) {
            AddedToken token;
            token.content = tokens[id];
            token.id = static_cast<TokenId>(id);
            token.special = is_special;
            added.push_back(std::move(token));
        }
    }
    return AddedTokens(std::move(added), Normalizer(), where_of(file, "tokenizer.ggml.tokens"));
}

std::optional<TokenId> token_id(const GgufFile& file, std::string_view key) {
    if (file.metadata(key) == nullptr) {
        return std::nullopt;
    }
    const auto last = static_cast<std::int64_t>(tokens_of(file).size()) - 1;
    return static_cast<TokenId>(file.integer(key, 0, last));
}

PairMap merges_of(const GgufFile& file, const TokenTable& vocabulary) {
    constexpr std::string_view key = "tokenizer.ggml.merges";
    const auto& list = file.strings(key);
    PairMap merges(list.size());
    for (std::size_t rank = 0; rank < list.size(); ++rank) {
        const std::string_view merge = list[rank];
        const std::size_t space = merge.find(' ', 1);
        if (space == std::string_view::npos) {
            fail(where_of(file, key) + ": merge " + std::to_string(rank), "'" + shown(merge) + "'",
                "two tokens with a space between");
        }
        add_merge(
            merges, vocabulary, merge.substr(0, space), merge.substr(space + 1), rank, where_of(file, key));
    }
    return merges;
}

TokenizerParts byte_level_parts(const GgufFile& file) {
    constexpr std::string_view key = "tokenizer.ggml.pre";
    GgufPreTokenizer pre = gguf_pre_tokenizer(file.string_or(key, "default"), where_of(file, key));
    BpeOptions options;
    options.byte_level = true;
    options.ignore_merges = pre.ignore_merges;
    TokenTable vocabulary = vocabulary_of(file);
    PairMap merges = merges_of(file, vocabulary);
    TokenizerParts parts;
    parts.normalizer = Normalizer(std::move(pre.normalizer));
    if (file.boolean_or("tokenizer.ggml.add_space_prefix", false)) {
        pre.steps.insert(pre.steps.begin(), SpacePrefix{});
    }
    parts.pre_tokenizer = PreTokenizer(std::move(pre.steps));
    parts.model = Bpe(std::move(vocabulary), std::move(merges), options);
    parts.decoder = TokenDecoder({ByteLevelDecoder{}});
    parts.adds_bos = pre.adds_bos;
    return parts;
}

/// Only tokens of the type Normal come out of merges.
std::vector<ScoredToken> scored_tokens(const GgufFile& file, const std::vector<std::int64_t>& types) {
    constexpr std::string_view key = "tokenizer.ggml.scores";
    const auto& scores = file.numbers(key);
    check_count(file, key, scores.size(), types.size());
    std::vector<ScoredToken> tokens;
    tokens.reserve(scores.size());
    for (std::size_t id = 0; id < types.size(); ++id) {
        if (!std::isfinite(scores[id])) {
            fail(where_of(file, key), "a score that is no number for token " + std::to_string(id), "numbers");
        }
        tokens.push_back({scores[id], types[id] == TokenType::Normal ? TokenUse::Scored : TokenUse::Never});
    }
    return tokens;
}

TokenizerParts sentence_piece_parts(const GgufFile& file, const std::vector<std::int64_t>& types) {
    const std::string mark(space_mark);
    const bool has_prefix = file.boolean_or("tokenizer.ggml.add_space_prefix", true);
    SentencePieceBpeOptions options;
    options.byte_fallback = true;
    options.unknown = token_id(file, "tokenizer.ggml.unknown_token_id").value_or(0);
    std::vector<NormalizerStep> normalizer;
    std::vector<DecoderStep> decoder{Replace{mark, " "}, ByteFallbackDecoder{}, FuseDecoder{}};
    if (has_prefix) {
        normalizer.emplace_back(Prepend{mark});
        decoder.emplace_back(StripDecoder{" ", 1, 0});
    }
    normalizer.emplace_back(Replace{" ", mark});
    TokenizerParts parts;
    parts.normalizer = Normalizer(std::move(normalizer));
    parts.model = SentencePieceBpe(vocabulary_of(file), scored_tokens(file, types), std::move(options));
    if (words_can_be_apart(parts.model, /*byte_level=*/false)) {
        parts.pre_tokenizer = PreTokenizer({MarkSplit{}});
    }
    parts.decoder = TokenDecoder(std::move(decoder));
    parts.adds_bos = true;
    return parts;
}

} // namespace

Tokenizer Tokenizer::from_gguf(const GgufFile& file) {
    constexpr std::string_view key = "tokenizer.ggml.model";
    const std::string model = file.string(key);
    if (model != "gpt2" && model != "llama") {
        fail(where_of(file, key), "'" + shown(model) + "'", "gpt2 or llama");
    }
    const std::vector<std::int64_t> types = types_of(file);
    auto parts = std::make_shared<TokenizerParts>(
        model == "gpt2" ? byte_level_parts(file) : sentence_piece_parts(file, types));
    parts->added = added_of(file, types);
    parts->eos = token_id(file, "tokenizer.ggml.eos_token_id");
    parts->bos = token_id(file, "tokenizer.ggml.bos_token_id");
    parts->adds_bos = parts->bos && file.boolean_or("tokenizer.ggml.add_bos_token", parts->adds_bos);
    parts->chat_template = file.string_or("tokenizer.chat_template", "");
    return Tokenizer(std::move(parts));
}

} // namespace lora
