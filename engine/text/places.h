#pragma once
// Where the bytes of a piece come from in the text that it was cut out of.

#include <cstddef>
#include <vector>

namespace lora {

class Places {
public:
    /// Nobody asks for them.
    Places() = default;
    /// Byte i of the piece is byte `begin` + i of the text.
    explicit Places(std::size_t begin) : begin_(begin), wanted_(true) {}
    /// Byte i of the piece is byte from[i] of the text; `from` must outlive it.
    explicit Places(const std::vector<std::size_t>& from) : from_(&from), wanted_(true) {}

    bool wanted() const { return wanted_; }
    /// The place of the piece's byte.
    std::size_t of(std::size_t byte) const {
        return from_ == nullptr ? begin_ + byte : (*from_)[begin_ + byte];
    }
    /// Those of the part that begins at this byte of the piece.
    Places part(std::size_t begin) const {
        Places places = *this;
        places.begin_ += begin;
        return places;
    }

private:
    const std::vector<std::size_t>* from_ = nullptr;
    std::size_t begin_ = 0;
    bool wanted_ = false;
};

} // namespace lora
