#include "engine/survey/readable_row.h"

#include "engine/data/labels.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace lora {

namespace {

constexpr std::ptrdiff_t beginning_tokens = 64;
constexpr std::size_t beginning_bytes = 200;
/// Tokens that are decoded together at most, until what they say is whole characters.
constexpr std::size_t most_of_a_character = 8;

/// Whether the text ends within a character: in some of its bytes, or in the sign that stands for them.
bool is_unfinished(std::string_view text) {
    if (text.ends_with("\xEF\xBF\xBD")) return true;
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto byte = static_cast<unsigned char>(text[text.size() - back]);
        if ((byte & 0xC0) == 0x80) continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back;
    }
    return false;
}

/// Texts of tokens that follow each other.
class TokenTexts {
public:
    TokenTexts(const std::vector<TokenId>& ids, const Tokenizer& tokenizer)
        : ids_(ids), tokenizer_(tokenizer) {}

    bool is_special(TokenId id) {
        const auto [found, is_new] = special_.try_emplace(id, false);
        if (is_new) found->second = tokenizer_.decode({id}).empty() && !tokenizer_.decode({id}, true).empty();
        return found->second;
    }

    /// What the next token adds: the text with it without the text before it. Decoders treat a text's
    /// beginning in their own way, so that the token before stands before both.
    std::string next() {
        const std::size_t at = at_++;
        const std::string before = decoded(context(), begin_);
        const std::string with = decoded(context(), at_);
        if (is_unfinished(with) && at_ - begin_ < most_of_a_character && at_ < ids_.size()) return {};
        begin_ = at_;
        if (with.starts_with(before)) return with.substr(before.size());
        return tokenizer_.decode({ids_[at]}, /*with_special=*/true);
    }

private:
    std::size_t context() const { return begin_ == 0 ? 0 : begin_ - 1; }
    std::string decoded(std::size_t begin, std::size_t end) const {
        return tokenizer_.decode({ids_.begin() + static_cast<std::ptrdiff_t>(begin),
                                     ids_.begin() + static_cast<std::ptrdiff_t>(end)},
            /*with_special=*/true);
    }

    const std::vector<TokenId>& ids_;
    const Tokenizer& tokenizer_;
    std::size_t at_ = 0;    ///< the next token
    std::size_t begin_ = 0; ///< the first whose text has not been told
    std::map<TokenId, bool> special_;
};

std::vector<TokenId> all_ids(const FedRow& row) {
    std::vector<TokenId> ids = row.example.ids;
    ids.insert(ids.end(), row.cut_off.begin(), row.cut_off.end());
    return ids;
}

/// The text without the beginning of a character that its end has cut through.
std::string whole_characters(std::string text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    text.resize(bytes);
    return text;
}

/// From the first token that is learned on: rows of a chat begin alike, their answers do not.
std::string beginning_of(const Example& example, const Tokenizer& tokenizer) {
    const auto& ids = example.ids;
    auto first = std::find(example.learned.begin(), example.learned.end(), true) - example.learned.begin();
    if (first <= 1 || first >= static_cast<std::ptrdiff_t>(ids.size())) first = 0;
    const auto end = std::min(static_cast<std::ptrdiff_t>(ids.size()), first + beginning_tokens);
    return whole_characters(
        tokenizer.decode({ids.begin() + first, ids.begin() + end}, /*with_special=*/true), beginning_bytes);
}

} // namespace

std::string whole_text(const FedRow& row, const Tokenizer& tokenizer) {
    return tokenizer.decode(all_ids(row), /*with_special=*/true);
}

RowHead head_of(const FedRow& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels) {
    const Example& example = row.example;
    RowHead head;
    head.line = example.line;
    head.place = row.place;
    head.beginning = beginning_of(example, tokenizer);
    head.length = row.length();
    head.learned = row.left_out ? 0 : example.learned_tokens();
    head.label = label_words(example, labels);
    head.cut = row.is_cut();
    head.left_out = row.left_out;
    return head;
}

ReadableRow readable(const FedRow& row, const Tokenizer& tokenizer, const std::vector<std::string>& labels,
    std::size_t most_tokens) {
    ReadableRow made;
    made.head = head_of(row, tokenizer, labels);
    std::vector<TokenId> ids = all_ids(row);
    const std::size_t told = std::min(most_tokens, ids.size());
    made.more = static_cast<std::int64_t>(ids.size() - told);
    ids.resize(told);
    TokenTexts texts(ids, tokenizer);
    const Example& example = row.example;
    for (std::size_t i = 0; i < told; ++i) {
        const bool cut_off = i >= example.ids.size();
        const bool learned =
            !cut_off && !row.left_out && i > 0 && i < example.learned.size() && example.learned[i];
        made.tokens.push_back({ids[i], texts.next(), learned, texts.is_special(ids[i]), cut_off});
    }
    return made;
}

} // namespace lora
