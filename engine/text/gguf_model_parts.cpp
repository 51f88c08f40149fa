#include "engine/text/gguf_model_parts.h"

#include "engine/error.h"
#include "engine/text/gguf_pre_tokenizers.h"
#include "engine/text/gguf_vocabulary.h"
#include "engine/text/merges.h"
#include "engine/text/model_json.h"

#include <memory>
#include <string>
#include <utility>

namespace lora {

namespace {

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
    TokenTable vocabulary = vocabulary_of(tokens_of(file));
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
    parts.model =
        SentencePieceBpe(vocabulary_of(tokens_of(file)), scored_tokens(file, types), std::move(options));
    if (words_can_be_apart(parts.model, /*byte_level=*/false)) {
        parts.pre_tokenizer = PreTokenizer({MarkSplit{}});
    }
    parts.decoder = TokenDecoder(std::move(decoder));
    parts.adds_bos = true;
    return parts;
}

/// SentencePiece's table, an array of bytes.
std::shared_ptr<const CharsMap> replacements_of(const GgufFile& file) {
    constexpr std::string_view key = "tokenizer.ggml.precompiled_charsmap";
    if (file.metadata(key) == nullptr) {
        return nullptr;
    }
    std::string blob;
    for (const std::int64_t byte : file.integers(key)) {
        if (byte < -128 || byte > 255) {
            fail(where_of(file, key), std::to_string(byte), "bytes");
        }
        blob.push_back(static_cast<char>(byte));
    }
    return blob.empty() ? nullptr : std::make_shared<const CharsMap>(blob, where_of(file, key));
}

TokenizerParts unigram_parts(const GgufFile& file, const std::vector<std::int64_t>& types) {
    SentencePieceText text;
    text.replacements = replacements_of(file);
    text.adds_space = file.boolean_or("tokenizer.ggml.add_space_prefix", true);
    text.removes_extra_spaces = file.boolean_or("tokenizer.ggml.remove_extra_whitespaces", true);
    UnigramOptions options;
    options.unknown = token_id(file, "tokenizer.ggml.unknown_token_id");
    options.sums = UnigramSums::Single;
    TokenizerParts parts;
    parts.model = Unigram(vocabulary_of(tokens_of(file)), scored_tokens(file, types), options,
        where_of(file, "tokenizer.ggml"));
    parts.decoder = TokenDecoder({Replace{std::string(space_mark), " "}, FuseDecoder{},
        StripDecoder{" ", text.adds_space ? 1U : 0U, 0}});
    parts.normalizer = Normalizer({std::move(text)});
    if (file.boolean_or("tokenizer.ggml.add_eos_token", true)) {
        parts.closing = token_id(file, "tokenizer.ggml.eos_token_id");
    }
    return parts;
}

/// The converter takes the two signs from tokens that go on inside a word, and marks those that begin one.
std::vector<std::string> word_pieces_of(const GgufFile& file) {
    std::vector<std::string> tokens;
    for (const std::string& token : tokens_of(file)) {
        if (token.starts_with(space_mark)) {
            tokens.push_back(token.substr(space_mark.size()));
        } else {
            const bool is_special = token.starts_with('[') && token.ends_with(']');
            tokens.push_back(is_special ? token : "##" + token);
        }
    }
    return tokens;
}

TokenizerParts word_piece_parts(const GgufFile& file) {
    WordPieceOptions options;
    options.unknown = static_cast<TokenId>(file.integer(
        "tokenizer.ggml.unknown_token_id", 0, static_cast<std::int64_t>(tokens_of(file).size()) - 1));
    TokenizerParts parts;
    parts.model = WordPiece(vocabulary_of(word_pieces_of(file)), std::move(options));
    parts.normalizer =
        Normalizer({CleanText{}, SpacedIdeographs{}, UnicodeForm::Nfd, WithoutAccents{}, Lowercase{}});
    parts.pre_tokenizer = PreTokenizer({BertSplit{}});
    parts.decoder = TokenDecoder({WordPieceDecoder{"##", true}});
    parts.closing = token_id(file, "tokenizer.ggml.seperator_token_id"); // so spelt by the format
    parts.adds_bos = true;
    return parts;
}

} // namespace

TokenizerParts gguf_model_parts(const GgufFile& file, const std::vector<std::int64_t>& types) {
    constexpr std::string_view key = "tokenizer.ggml.model";
    const std::string model = file.string(key);
    if (model == "gpt2") {
        return byte_level_parts(file);
    }
    if (model == "llama") {
        return sentence_piece_parts(file, types);
    }
    if (model == "t5") {
        return unigram_parts(file, types);
    }
    if (model == "bert") {
        return word_piece_parts(file);
    }
    fail(where_of(file, key), "'" + shown(model) + "'", "gpt2, llama, t5 or bert");
}

} // namespace lora
