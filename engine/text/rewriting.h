#pragma once
// A piece of text that is written anew, and where its bytes came from.

#include "engine/text/places.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lora {

/// What a step writes in a piece's stead, with the places of its bytes.
class Rewriting {
public:
    Rewriting(const Places& places, std::size_t expected_bytes) : places_(places) {
        text_.reserve(expected_bytes);
    }
    /// `bytes` stand for the piece's byte `from`.
    void add(std::string_view bytes, std::size_t from) {
        text_ += bytes;
        if (places_.wanted()) from_.resize(text_.size(), places_.of(from));
    }
    std::string_view text() const { return text_; }
    Places places() const { return places_.wanted() ? Places(from_) : Places(); }

private:
    Places places_;
    std::string text_;
    std::vector<std::size_t> from_;
};

} // namespace lora
