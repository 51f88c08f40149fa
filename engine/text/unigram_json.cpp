#include "engine/text/unigram_json.h"

#include "engine/error.h"
#include "engine/text/pipeline_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lora {

namespace {

/// A score as `tokenizers` reads its decimal digits: their integer divided by a power of ten, which is the
/// last bit off now and then. Ties between ways to write a text hang on it.
double score_as_read(double score) {
    constexpr double most = 1e15; // whose digits fit into an integer; no score is near it
    if (std::abs(score) > most) {
        return score;
    }
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), std::abs(score));
    std::uint64_t digits = 0;
    int exponent = 0;
    bool behind_point = false;
    const char* at = text.data();
    for (; at != written.ptr && *at != 'e'; ++at) {
        if (*at == '.') {
            behind_point = true;
        } else {
            digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
            exponent -= behind_point ? 1 : 0;
        }
    }
    if (at != written.ptr) {
        const bool is_signed = at + 1 != written.ptr && at[1] == '+';
        int power = 0;
        std::from_chars(at + (is_signed ? 2 : 1), written.ptr, power);
        exponent += power;
    }
    const auto whole = static_cast<double>(digits);
    const double value = exponent < 0 ? whole / std::pow(10, -exponent) : whole * std::pow(10, exponent);
    return std::isfinite(value) ? std::copysign(value, score) : score;
}

/// A list of tokens and their scores; the place in it is the id. Trainers write a token twice now and then.
struct ScoredVocabulary {
    TokenTable table;
    std::vector<ScoredToken> tokens;
};

ScoredVocabulary scored_vocabulary(const JsonFields& model) {
    const Json& list = list_of(model, "vocab");
    const std::string where = model.where() + ": vocab";
    if (list.size() > static_cast<std::size_t>(most_token_ids)) {
        fail(where, std::to_string(list.size()) + " tokens", "at most " + std::to_string(most_token_ids));
    }
    ScoredVocabulary vocabulary;
    vocabulary.table.reserve(list.size());
    for (const Json& item : list) {
        const auto id = static_cast<TokenId>(vocabulary.tokens.size());
        const bool is_pair =
            item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_number();
        const double score = is_pair ? item[1].get<double>() : 0;
        if (!is_pair || !std::isfinite(score)) {
            fail(where + ": token " + std::to_string(id), "another kind of value", "a text and its score");
        }
        vocabulary.table.add_last(item[0].get_ref<const std::string&>(), id);
        vocabulary.tokens.push_back({score_as_read(score), TokenUse::Scored});
    }
    return vocabulary;
}

} // namespace

Unigram unigram_from_json(const JsonFields& model) {
    ScoredVocabulary vocabulary = scored_vocabulary(model);
    UnigramOptions options;
    options.byte_fallback = model.boolean_or("byte_fallback", false);
    if (model.has("unk_id")) {
        const auto last = static_cast<std::int64_t>(vocabulary.tokens.size()) - 1;
        options.unknown = static_cast<TokenId>(model.integer("unk_id", 0, last));
    }
    return Unigram(std::move(vocabulary.table), std::move(vocabulary.tokens), options, model.where());
}

} // namespace lora
