#include "engine/data/labelled_example.h"

#include "engine/error.h"

#include <algorithm>
#include <utility>

namespace lora {

namespace {

void append(std::vector<TokenId>& ids, const std::vector<TokenId>& more) {
    ids.insert(ids.end(), more.begin(), more.end());
}

/// Takes what is behind the first `kept` ids off and puts it into `cut_off`.
void shorten(std::vector<TokenId>& ids, std::size_t kept, std::vector<TokenId>& cut_off) {
    if (kept >= ids.size()) return;
    cut_off.insert(cut_off.end(), ids.begin() + static_cast<std::ptrdiff_t>(kept), ids.end());
    ids.resize(kept);
}

/// How many tokens two texts keep of `room`: the shorter one all while it is below a half.
std::pair<std::size_t, std::size_t> longest_first(std::size_t first, std::size_t second, std::size_t room) {
    if (first + second <= room) return {first, second};
    const std::size_t shorter = std::min(first, second);
    const std::size_t half = room / 2;
    if (shorter <= half)
        return first <= second ? std::pair{first, room - first} : std::pair{room - second, second};
    return first <= second ? std::pair{half, room - half} : std::pair{room - half, half};
}

FramedText framed(const std::string& text, const Tokenizer& tokenizer, std::size_t limit) {
    FramedText made;
    made.ids = tokenizer.encode(text);
    const bool begins = tokenizer.adds_bos() && tokenizer.bos(), closes = tokenizer.closing().has_value();
    const std::size_t frame = (begins ? 1 : 0) + (closes ? 1 : 0);
    shorten(made.ids, limit - std::min(limit, frame), made.cut_off);
    if (begins) made.ids.insert(made.ids.begin(), *tokenizer.bos());
    if (closes) made.ids.push_back(*tokenizer.closing());
    made.ids.resize(std::min(made.ids.size(), limit));
    return made;
}

FramedText framed_pair(
    const std::string& text, const std::string& pair, const Tokenizer& tokenizer, std::size_t limit) {
    const std::optional<PairFrame>& frame = tokenizer.pair_frame();
    if (!frame)
        fail("a pair of sentences", "a tokenizer that does not say how it joins two texts",
            "a tokenizer.json whose post_processor frames pairs");
    if (limit < frame->tokens())
        fail("{data.max_length}", std::to_string(limit),
            "at least " + std::to_string(frame->tokens()) + ", the marks around a pair of sentences");
    std::vector<TokenId> first = tokenizer.encode(text), second = tokenizer.encode(pair);
    const auto [first_kept, second_kept] =
        longest_first(first.size(), second.size(), limit - frame->tokens());
    FramedText made;
    shorten(first, first_kept, made.cut_off);
    shorten(second, second_kept, made.cut_off);
    append(made.ids, frame->before);
    append(made.ids, first);
    if (frame->first_type) made.second = static_cast<std::int64_t>(made.ids.size() + *frame->first_type);
    append(made.ids, frame->between);
    append(made.ids, second);
    append(made.ids, frame->behind);
    return made;
}

} // namespace

FramedText framed_text(const std::string& text, const std::optional<std::string>& pair,
    const Tokenizer& tokenizer, std::int64_t max_length) {
    const auto limit = static_cast<std::size_t>(max_length);
    return pair ? framed_pair(text, *pair, tokenizer, limit) : framed(text, tokenizer, limit);
}

LabelledExample make_labelled_example(
    const Row& row, const Tokenizer& tokenizer, const Classes& classes, std::int64_t max_length) {
    FramedText text = framed_text(row.text, row.pair, tokenizer, max_length);
    LabelledExample made;
    made.cut_off = std::move(text.cut_off);
    made.example.ids = std::move(text.ids);
    made.example.second = text.second;
    made.example.line = row.number;
    put_label(made.example, row, classes);
    return made;
}

} // namespace lora
