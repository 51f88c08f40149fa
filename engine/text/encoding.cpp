#include "engine/text/encoding.h"

#include "engine/text/token_ends.h"

#include <algorithm>
#include <span>
#include <utility>

namespace lora {

namespace {

/// Where `part`, a beginning of a text, ends in the text's normalized form.
std::size_t end_in(std::string_view normalized, const std::string& part) {
    const auto [same, other] = std::mismatch(part.begin(), part.end(), normalized.begin(), normalized.end());
    static_cast<void>(other);
    return static_cast<std::size_t>(same - part.begin());
}

} // namespace

Encoding::Encoding(const TokenizerParts& parts, std::vector<TextRange> ranges) : Encoding(parts) {
    marking_ = true;
    ranges_ = std::move(ranges);
}

std::vector<TokenId> Encoding::of(std::string_view text, bool at_start) {
    at_start_ = at_start;
    for (const TokenFinder::Part& part : parts_.added.raw().parts(text)) {
        if (part.id) {
            add_token(*part.id, {part.begin, part.end});
        } else {
            add_raw(text.substr(part.begin, part.end - part.begin), part.begin);
        }
    }
    return std::move(ids_);
}

void Encoding::add_token(TokenId id, TextRange range) {
    ids_.push_back(id);
    if (marking_) {
        mark(parts_.added.find(id)->content, range);
    }
}

void Encoding::add_raw(std::string_view text, std::size_t begin) {
    if (parts_.normalizer.is_identity()) {
        add_normalized(text, begin, is_start(begin));
        return;
    }
    const std::string normalized = parts_.normalizer.normalized(text, is_start(begin));
    std::vector<TextRange> ranges = marking_ ? moved(text, begin, normalized) : std::vector<TextRange>();
    std::swap(ranges_, ranges);
    add_normalized(normalized, 0, is_start(begin));
    std::swap(ranges_, ranges);
}

std::vector<TextRange> Encoding::moved(
    std::string_view text, std::size_t begin, std::string_view normalized) const {
    const auto place = [&](std::size_t at) {
        if (at <= begin || at >= begin + text.size()) {
            return at <= begin ? 0 : normalized.size();
        }
        return end_in(normalized, parts_.normalizer.normalized(text.substr(0, at - begin), is_start(begin)));
    };
    std::vector<TextRange> moved;
    for (const TextRange& range : ranges_) {
        if (range.end > begin && range.begin < begin + text.size()) {
            moved.push_back({place(range.begin), place(range.end)});
        }
    }
    return moved;
}

void Encoding::add_normalized(std::string_view text, std::size_t begin, bool at_start) {
    for (const TokenFinder::Part& part : parts_.added.normalized().parts(text)) {
        if (part.id) {
            add_token(*part.id, {begin + part.begin, begin + part.end});
        } else {
            parts_.pre_tokenizer.split(text.substr(part.begin, part.end - part.begin),
                at_start && part.begin == 0, sink_, marking_ ? Places(begin + part.begin) : Places());
        }
    }
}

void Encoding::add_piece(std::string_view piece, const Places& places) {
    const std::size_t before = ids_.size();
    if (const auto known = cache_.find(piece)) {
        ids_.insert(ids_.end(), known->begin(), known->end());
    } else {
        std::visit([&](const auto& model) { encode(model, piece); }, parts_.model);
        cache_.keep(piece, std::span(ids_).subspan(before));
    }
    if (!places.wanted()) {
        return;
    }
    std::size_t begin = 0;
    for (const std::size_t end : token_ends(parts_.model, piece, std::span(ids_).subspan(before))) {
        const std::size_t last = end > begin ? places.of(end - 1) + 1 : places.of(begin);
        mark(piece.substr(begin, end - begin), {places.of(begin), last});
        begin = end;
    }
}

void Encoding::mark(std::string_view bytes, TextRange range) {
    if (parts_.trims_spaces) {
        const std::size_t front = std::min(bytes.find_first_not_of(' '), bytes.size());
        const std::size_t back = bytes.size() - (bytes.find_last_not_of(' ') + 1);
        range.begin = std::min(range.begin + front, range.end);
        range.end = std::max(range.end - std::min(back, range.end), range.begin);
    }
    const auto reached = std::partition_point(
        ranges_.begin(), ranges_.end(), [&](const TextRange& each) { return each.end <= range.begin; });
    marked_.push_back(reached != ranges_.end() && range.end > reached->begin);
}

} // namespace lora
