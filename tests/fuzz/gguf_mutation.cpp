// GGUF changed field by field: a count, a length, a type, a number, a key or a tensor.

#include "tests/fuzz/mutations.h"

#include <cstring>
#include <vector>

namespace lora::fuzz {

namespace {

/// A number in the file.
struct Field {
    std::size_t at;
    std::size_t size;
};
struct Outline {
    std::vector<Field> fields;
    std::vector<Field> entries; ///< whole keys with their values, and tensors' descriptions
};

/// Follows the format as far as it is followed in the bytes.
class Walk {
public:
    explicit Walk(std::string_view bytes) : bytes_(bytes) {}

    Outline outline() {
        at_ = 4; // behind the magic
        number(4);
        const std::uint64_t tensors = number(8);
        const std::uint64_t keys = number(8);
        for (std::uint64_t i = 0; i < keys && !over_; ++i) entry([this] { key(); });
        for (std::uint64_t i = 0; i < tensors && !over_; ++i) entry([this] { tensor(); });
        return std::move(outline_);
    }

private:
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        if (size > bytes_.size() || at_ > bytes_.size() - size) {
            over_ = true;
            return 0;
        }
        std::memcpy(&value, bytes_.data() + at_, size);
        outline_.fields.push_back({at_, size});
        at_ += size;
        return value;
    }
    void text() {
        const std::uint64_t length = number(8);
        over_ = over_ || length > bytes_.size() - at_;
        if (!over_) at_ += length;
    }
    void value(std::uint64_t type) {
        static constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        if (type == 8)
            text();
        else if (type == 9)
            array();
        else if (type < std::size(sizes))
            number(sizes[type]);
        else
            over_ = true;
    }
    void array() {
        const std::uint64_t type = number(4);
        const std::uint64_t count = number(8);
        if (type == 9) over_ = true;
        for (std::uint64_t i = 0; i < count && !over_; ++i) value(type);
    }
    void key() {
        text();
        value(number(4));
    }
    void tensor() {
        text();
        const std::uint64_t dimensions = number(4);
        for (std::uint64_t i = 0; i < dimensions && !over_; ++i) number(8);
        number(4);
        number(8);
    }
    template <class Read>
    void entry(Read read) {
        const std::size_t begin = at_;
        read();
        if (!over_) outline_.entries.push_back({begin, at_ - begin});
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    bool over_ = false;
    Outline outline_;
};

} // namespace

std::string mutated_gguf(std::string_view bytes, Chance& chance) {
    const Outline outline = Walk(bytes).outline();
    std::string changed(bytes);
    const std::size_t what = below(8, chance);
    if (what < 5 && !outline.fields.empty()) {
        const Field field = outline.fields[below(outline.fields.size(), chance)];
        const std::uint64_t number = awkward_number(chance);
        std::memcpy(changed.data() + field.at, &number, field.size);
        return changed;
    }
    if (outline.entries.empty()) return changed;
    const Field entry = outline.entries[below(outline.entries.size(), chance)];
    const std::string copy = changed.substr(entry.at, entry.size);
    const Field place = outline.entries[below(outline.entries.size(), chance)];
    if (what == 5)
        changed.erase(entry.at, entry.size);
    else if (what == 6)
        changed.insert(place.at, copy);
    else
        changed.replace(place.at, place.size, copy);
    return changed;
}

} // namespace lora::fuzz
