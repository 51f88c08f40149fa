// Texts taken apart and put together, as Python does it.

#include "engine/templates/characters.h"
#include "engine/templates/methods.h"
#include "engine/templates/value_text.h"

#include <algorithm>

namespace lora::jinja {

namespace {

/// A list of pieces, each paid for.
class Pieces {
public:
    explicit Pieces(Budget& budget) : budget_(budget) {}

    void add(std::string_view piece) {
        budget_.spend();
        budget_.spend_bytes(piece.size() + 2 * sizeof(Value));
        pieces_.push_back(text(std::string(piece)));
    }
    std::size_t size() const { return pieces_.size(); }
    std::vector<Value> take(bool reversed) {
        if (reversed) std::reverse(pieces_.begin(), pieces_.end());
        return std::move(pieces_);
    }

private:
    Budget& budget_;
    std::vector<Value> pieces_;
};

std::size_t word_end(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const Character character = character_at(text, at);
        if (is_space(character.code)) break;
        at += character.bytes;
    }
    return at;
}

std::size_t last_word_begin(std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        at += character.bytes;
        if (is_space(character.code)) begin = at;
    }
    return begin;
}

void split_words(std::string_view text, std::size_t most, Pieces& pieces) {
    text = stripped_left(text);
    while (!text.empty() && pieces.size() < most) {
        const std::size_t end = word_end(text);
        pieces.add(text.substr(0, end));
        text = stripped_left(text.substr(end));
    }
    if (!text.empty()) pieces.add(text);
}

void split_words_from_right(std::string_view text, std::size_t most, Pieces& pieces, Budget& budget) {
    text = stripped_right(text);
    while (!text.empty() && pieces.size() < most) {
        budget.spend(1 + text.size() / 16);
        const std::size_t begin = last_word_begin(text);
        pieces.add(text.substr(begin));
        text = stripped_right(text.substr(0, begin));
    }
    if (!text.empty()) pieces.add(text);
}

void split_at(std::string_view text, std::string_view separator, std::size_t most, Pieces& pieces) {
    std::size_t found = 0;
    while (pieces.size() < most && (found = text.find(separator)) != std::string_view::npos) {
        pieces.add(text.substr(0, found));
        text.remove_prefix(found + separator.size());
    }
    pieces.add(text);
}

void split_at_from_right(
    std::string_view text, std::string_view separator, std::size_t most, Pieces& pieces) {
    std::size_t found = 0;
    while (pieces.size() < most && (found = text.rfind(separator)) != std::string_view::npos) {
        pieces.add(text.substr(found + separator.size()));
        text = text.substr(0, found);
    }
    pieces.add(text);
}

bool ends_line(std::int32_t code) {
    return (code >= 10 && code <= 13) || (code >= 28 && code <= 30) || code == 0x85 || code == 0x2028
           || code == 0x2029;
}

} // namespace

std::vector<Value> split(const std::string& text, const std::string* separator, std::int64_t most,
    bool from_right, Budget& budget) {
    const std::size_t limit = most < 0 ? SIZE_MAX : static_cast<std::size_t>(most);
    Pieces pieces(budget);
    budget.spend(1 + text.size() / 16);
    if (separator != nullptr && separator->empty())
        throw Refusal{"an empty separator", "one of some letters"};
    if (separator == nullptr)
        from_right ? split_words_from_right(text, limit, pieces, budget) : split_words(text, limit, pieces);
    else
        from_right ? split_at_from_right(text, *separator, limit, pieces)
                   : split_at(text, *separator, limit, pieces);
    return pieces.take(from_right);
}

std::vector<Value> split_lines(std::string_view text, bool keep_ends, Budget& budget) {
    Pieces pieces(budget);
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        const std::size_t end = at;
        at += character.bytes;
        if (!ends_line(character.code)) continue;
        if (character.code == '\r' && at < text.size() && text[at] == '\n') ++at;
        pieces.add(text.substr(begin, (keep_ends ? at : end) - begin));
        begin = at;
    }
    if (begin < text.size()) pieces.add(text.substr(begin));
    return pieces.take(/*reversed=*/false);
}

std::string replaced(const std::string& text, const std::string& old, const std::string& other,
    std::int64_t most, Budget& budget) {
    std::string out;
    budget.spend(1 + text.size() / 16);
    std::size_t at = 0;
    for (; most != 0; --most) {
        const std::size_t found = text.find(old, at);
        if (found == std::string::npos) break;
        budget.spend();
        // Nothing is found before every character and at the end.
        const std::size_t next =
            !old.empty() || found == text.size() ? found : found + character_at(text, found).bytes;
        budget.append(out, std::string_view(text).substr(at, found - at));
        budget.append(out, other);
        budget.append(out, std::string_view(text).substr(found, next - found));
        at = next + old.size();
        if (old.empty() && found == text.size()) break;
    }
    budget.append(out, std::string_view(text).substr(std::min(at, text.size())));
    return out;
}

std::string joined(const std::vector<Value>& items, const std::string& separator, Budget& budget) {
    std::string out;
    bool first = true;
    for (const Value& item : items) {
        budget.spend();
        if (!first) budget.append(out, separator);
        first = false;
        if (const std::string* bytes = item.text())
            budget.append(out, *bytes);
        else
            budget.append(out, to_text(item, budget));
    }
    return out;
}

} // namespace lora::jinja
