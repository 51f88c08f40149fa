#include "engine/text/text_stream.h"

#include <string_view>
#include <utility>

namespace lora {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Bytes of `text` before a last character that is cut off, or that decoding has replaced as it is cut off.
std::size_t complete_bytes(std::string_view text) {
    std::size_t end = text.size();
    while (
        end >= replacement.size() && text.substr(end - replacement.size(), replacement.size()) == replacement)
        end -= replacement.size();
    for (std::size_t back = 1; back <= 3 && back <= end; ++back) {
        const auto byte = static_cast<unsigned char>(text[end - back]);
        if ((byte & 0xC0) == 0x80) continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? end - back : end;
    }
    return end;
}

} // namespace

TextStream::TextStream(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

std::string TextStream::add(TokenId token) {
    tokens_.push_back(token);
    const std::string text = tokenizer_.decode(tokens_);
    const std::size_t end = complete_bytes(text);
    if (end <= given_bytes_) return {};
    std::string added = text.substr(given_bytes_, end - given_bytes_);
    given_bytes_ = end;
    return added;
}

std::string TextStream::rest() {
    const std::string text = tokenizer_.decode(tokens_);
    std::string added = given_bytes_ < text.size() ? text.substr(given_bytes_) : std::string();
    given_bytes_ = text.size();
    return added;
}

} // namespace lora
