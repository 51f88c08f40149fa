#include "engine/text/model_json.h"

#include "engine/error.h"
#include "engine/text/merges.h"
#include "engine/text/pipeline_json.h"
#include "engine/text/sentence_piece_text.h"
#include "engine/text/unigram_json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

constexpr std::int64_t most_word_characters = 1 << 16;
constexpr std::size_t longest_affix_bytes = 64;

TokenTable vocabulary_from_json(const JsonFields& model) {
    const Json* vocab = model.find("vocab");
    const std::string where = model.where() + ": vocab";
    if (vocab == nullptr || !vocab->is_object()) {
        fail(where, vocab == nullptr ? "nothing" : "another kind of value",
            "an object of tokens and their ids");
    }
    TokenTable table;
    table.reserve(vocab->size());
    for (const auto& [token, value] : vocab->items()) {
        const std::int64_t id = value.is_number_integer() ? value.get<std::int64_t>() : -1;
        if (id < 0 || id >= most_token_ids) {
            fail(where, "an id of '" + shown(token) + "' that is no integer or out of range",
                "integers from 0 to " + std::to_string(most_token_ids - 1));
        }
        if (!table.add(token, static_cast<TokenId>(id))) {
            fail(where,
                "id " + std::to_string(id) + " for '" + shown(token) + "' and for '"
                    + shown(table.text(static_cast<TokenId>(id))) + "'",
                "every id once");
        }
    }
    return table;
}

/// The two tokens of a merge, written as one text with a space between or as a list.
std::pair<std::string, std::string> pair_from_json(const Json& value, const std::string& where) {
    if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) {
        return {value[0].get<std::string>(), value[1].get<std::string>()};
    }
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    const std::size_t space = text.find(' ');
    if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
        fail(where, value.is_string() ? "'" + shown(text) + "'" : "another kind of value", "two tokens");
    }
    return {text.substr(0, space), text.substr(space + 1)};
}

PairMap merges_from_json(const JsonFields& model, const TokenTable& vocabulary, std::size_t prefix_bytes) {
    const Json& list = list_of(model, "merges");
    const std::string where = model.where() + ": merges";
    PairMap merges(list.size());
    std::size_t rank = 0;
    for (const Json& item : list) {
        const auto [left, right] = pair_from_json(item, where + ": merge " + std::to_string(rank));
        add_merge(merges, vocabulary, left, right, rank, where, prefix_bytes);
        ++rank;
    }
    return merges;
}

void refuse_dropout(const JsonFields& model) {
    if (const double dropout = model.number_or("dropout", 0); dropout != 0) {
        fail(model.where() + ": dropout", std::to_string(dropout),
            "none, since ids must not depend on chance");
    }
}

TokenId unknown_from_json(const JsonFields& model, const TokenTable& vocabulary) {
    const std::string unknown = model.string("unk_token");
    const auto id = vocabulary.find(unknown);
    if (!id) {
        fail(model.where() + ": unk_token", "'" + shown(unknown) + "'", "a token of the vocabulary");
    }
    return *id;
}

WordPiece word_piece_from_json(const JsonFields& model) {
    TokenTable vocabulary = vocabulary_from_json(model);
    WordPieceOptions options;
    options.unknown = unknown_from_json(model, vocabulary);
    options.prefix = model.string_or("continuing_subword_prefix", "##");
    options.most_characters =
        static_cast<std::size_t>(model.integer_or("max_input_chars_per_word", 100, 0, most_word_characters));
    return WordPiece(std::move(vocabulary), std::move(options));
}

std::string affix_from_json(const JsonFields& model, const char* key) {
    std::string affix = model.string_or(key, "");
    if (affix.size() > longest_affix_bytes) {
        fail(model.where() + ": " + key, std::to_string(affix.size()) + " bytes",
            "at most " + std::to_string(longest_affix_bytes));
    }
    return affix;
}

Bpe bpe_from_json(const JsonFields& model, bool byte_level) {
    refuse_dropout(model);
    TokenTable vocabulary = vocabulary_from_json(model);
    BpeOptions options;
    options.prefix = affix_from_json(model, "continuing_subword_prefix");
    options.suffix = affix_from_json(model, "end_of_word_suffix");
    PairMap merges = merges_from_json(model, vocabulary, options.prefix.size());
    options.byte_level = byte_level;
    options.byte_fallback = model.boolean_or("byte_fallback", false);
    options.fuse_unknown = model.boolean_or("fuse_unk", false);
    options.ignore_merges = model.boolean_or("ignore_merges", false);
    if (model.has("unk_token")) {
        options.unknown = unknown_from_json(model, vocabulary);
    }
    return Bpe(std::move(vocabulary), std::move(merges), std::move(options));
}

WordLevel word_level_from_json(const JsonFields& model) {
    TokenTable vocabulary = vocabulary_from_json(model);
    const auto unknown = vocabulary.find(model.string_or("unk_token", "<unk>"));
    return WordLevel(std::move(vocabulary), unknown);
}

std::string type_of(const JsonFields& model) {
    const Json* vocab = model.find("vocab");
    return model.string_or("type", vocab != nullptr && vocab->is_array() ? "Unigram" : "BPE");
}

bool has_mark_inside(std::string_view token) {
    for (std::size_t at = token.find(space_mark); at != std::string_view::npos;
         at = token.find(space_mark, at + space_mark.size())) {
        if (at > 0 && !token.substr(0, at).ends_with(space_mark)) {
            return true;
        }
    }
    return false;
}

bool marks_begin_words(const TokenTable& vocabulary) {
    for (TokenId id = 0; id < vocabulary.size(); ++id) {
        if (has_mark_inside(vocabulary.text(id))) {
            return false;
        }
    }
    return vocabulary.find(space_mark).has_value();
}

} // namespace

bool takes_bytes(const JsonFields& model) {
    return type_of(model) == "BPE" && affix_from_json(model, "continuing_subword_prefix").empty()
           && affix_from_json(model, "end_of_word_suffix").empty();
}

TokenModel model_from_json(const JsonFields& model, bool byte_level) {
    const std::string type = type_of(model);
    if (type == "BPE") {
        return bpe_from_json(model, byte_level);
    }
    if (type == "Unigram") {
        return unigram_from_json(model);
    }
    if (type == "WordPiece") {
        return word_piece_from_json(model);
    }
    if (type == "WordLevel") {
        return word_level_from_json(model);
    }
    fail(model.where() + ": type", "'" + shown(type) + "'", "BPE, Unigram, WordPiece or WordLevel");
}

bool words_can_be_apart(const TokenModel& model, bool byte_level) {
    if (const auto* bpe = std::get_if<Bpe>(&model)) {
        return !byte_level && bpe->is_plain() && marks_begin_words(bpe->vocabulary());
    }
    const auto* pieces = std::get_if<SentencePieceBpe>(&model);
    return pieces != nullptr && marks_begin_words(pieces->vocabulary());
}

} // namespace lora
