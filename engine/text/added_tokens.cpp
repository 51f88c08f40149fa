#include "engine/text/added_tokens.h"

#include "engine/error.h"
#include "engine/text/unicode.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace lora {

namespace {

bool ends_with_word(std::string_view text) {
    return !text.empty() && is_word(code_point_before(text, text.size()).value);
}

bool starts_with_word(std::string_view text) {
    return !text.empty() && is_word(code_point_at(text, 0).value);
}

std::size_t before_spaces(std::string_view text, std::size_t end) {
    while (end > 0) {
        const CodePoint unit = code_point_before(text, end);
        if (char_class(unit.value) != CharClass::Space) {
            break;
        }
        end -= unit.size_bytes;
    }
    return end;
}

std::size_t after_spaces(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const CodePoint unit = code_point_at(text, at);
        if (char_class(unit.value) != CharClass::Space) {
            break;
        }
        at += unit.size_bytes;
    }
    return at;
}

} // namespace

void TokenFinder::add(std::string_view text, const AddedToken& token) {
    if (text.empty()) {
        return;
    }
    const auto first = static_cast<unsigned char>(text.front());
    if (!begins_[first]) {
        begins_[first] = true;
        first_bytes_.push_back(first);
    }
    std::uint32_t node = 0;
    for (const char byte : text) {
        const std::uint64_t edge = std::uint64_t{node} * 256 + static_cast<unsigned char>(byte);
        const auto [entry, is_new] = next_.try_emplace(edge, static_cast<std::uint32_t>(ends_.size()));
        if (is_new) {
            ends_.push_back(-1);
        }
        node = entry->second;
    }
    ends_[node] = static_cast<std::int64_t>(flags_.size());
    flags_.push_back({token.id, token.single_word, token.left_strip, token.right_strip});
}

std::size_t TokenFinder::next_candidate(std::string_view text, std::size_t from) const {
    if (first_bytes_.size() == 1) {
        return std::min(text.find(static_cast<char>(first_bytes_.front()), from), text.size());
    }
    while (from < text.size() && !begins_[static_cast<unsigned char>(text[from])]) {
        ++from;
    }
    return from;
}

TokenFinder::Match TokenFinder::longest_at(std::string_view text, std::size_t begin) const {
    Match longest;
    std::uint32_t node = 0;
    for (std::size_t at = begin; at < text.size(); ++at) {
        const auto edge = next_.find(std::uint64_t{node} * 256 + static_cast<unsigned char>(text[at]));
        if (edge == next_.end()) {
            break;
        }
        node = edge->second;
        if (ends_[node] >= 0) {
            longest = {at + 1, &flags_[static_cast<std::size_t>(ends_[node])]};
        }
    }
    return longest;
}

std::vector<TokenFinder::Part> TokenFinder::parts(std::string_view text) const {
    std::vector<Part> parts;
    std::size_t taken = 0;
    std::size_t at = flags_.empty() ? text.size() : next_candidate(text, 0);
    while (at < text.size()) {
        const Match match = longest_at(text, at);
        if (match.flags == nullptr) {
            at = next_candidate(text, at + 1);
            continue;
        }
        std::size_t begin = at;
        std::size_t end = match.end;
        at = next_candidate(text, end);
        const Flags& flags = *match.flags;
        if (flags.single_word
            && (ends_with_word(text.substr(0, begin)) || starts_with_word(text.substr(end)))) {
            continue;
        }
        if (flags.left_strip) {
            begin = std::max(before_spaces(text, begin), taken);
        }
        if (flags.right_strip) {
            end = after_spaces(text, end);
        }
        if (taken < begin) {
            parts.push_back({taken, begin, std::nullopt});
        }
        parts.push_back({begin, end, flags.id});
        taken = end;
    }
    if (taken < text.size()) {
        parts.push_back({taken, text.size(), std::nullopt});
    }
    return parts;
}

AddedTokens::AddedTokens(
    std::vector<AddedToken> tokens, const Normalizer& normalizer, const std::string& where)
    : tokens_(std::move(tokens)) {
    if (tokens_.size() > most_added_tokens) {
        fail(where, std::to_string(tokens_.size()) + " added tokens",
            "at most " + std::to_string(most_added_tokens));
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        const AddedToken& token = tokens_[i];
        if (token.content.size() > longest_added_token_bytes) {
            fail(where, "an added token of " + std::to_string(token.content.size()) + " bytes",
                "at most " + std::to_string(longest_added_token_bytes));
        }
        by_id_.emplace(token.id, i);
        by_content_.emplace(token.content, i);
        size_ = std::max(size_, token.id + 1);
        if (token.normalized) {
            normalized_.add(normalizer.normalized(token.content), token);
        } else {
            raw_.add(token.content, token);
        }
    }
}

const AddedToken* AddedTokens::find(TokenId id) const {
    const auto entry = by_id_.find(id);
    return entry == by_id_.end() ? nullptr : &tokens_[entry->second];
}

const AddedToken* AddedTokens::find(std::string_view content) const {
    const auto entry = by_content_.find(std::string(content));
    return entry == by_content_.end() ? nullptr : &tokens_[entry->second];
}

} // namespace lora
