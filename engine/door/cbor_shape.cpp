#include "engine/door/cbor_shape.h"

#include "engine/error.h"

#include <cstdint>
#include <vector>

namespace lora {

namespace {

enum Major : unsigned { major_text = 3, major_list = 4, major_map = 5, major_simple = 7 };

class Shape {
public:
    Shape(std::string_view bytes, const std::string& where, CborLimits limits)
        : bytes_(bytes), where_(where), limits_(limits) {}

    void check() {
        open_.push_back({1});
        while (!open_.empty()) {
            List& list = open_.back();
            if (list.left == 0) {
                open_.pop_back();
                continue;
            }
            const bool is_key = list.is_map && list.left % 2 == 0;
            --list.left;
            value(is_key);
        }
        if (at_ != bytes_.size()) refuse("more bytes", "the end of the message");
    }

private:
    /// A list, or an object as its keys and values in turn.
    struct List {
        std::uint64_t left; ///< items that have not been read
        bool is_map = false;
    };

    [[noreturn]] void refuse(const std::string& found, std::string_view expected) const {
        fail(where_ + ": byte " + std::to_string(at_), found, expected);
    }

    std::uint64_t take(std::size_t count) {
        if (bytes_.size() - at_ < count) refuse("the end of the message", "more bytes");
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < count; ++i)
            number = number << 8 | static_cast<unsigned char>(bytes_[at_ + i]);
        at_ += count;
        return number;
    }

    /// The number that follows a value's first byte, most significant byte first.
    std::uint64_t argument(unsigned low) {
        if (low < 24) return low;
        if (low > 27) refuse("a length that is not told", "one that is");
        return take(std::size_t{1} << (low - 24));
    }

    void value(bool is_key) {
        if (++values_ > limits_.values)
            refuse("more than " + std::to_string(limits_.values) + " values", "fewer");
        const auto first = static_cast<unsigned>(take(1));
        const unsigned major = first >> 5, low = first & 31;
        if (is_key && major != major_text) refuse("a key of another kind", "a text");
        if (major == major_simple) return simple(low);
        if (major == 2 || major > major_map)
            refuse("a value of another kind", "numbers, texts, lists and objects");
        const std::uint64_t count = argument(low);
        if (major == major_text) {
            if (count > bytes_.size() - at_) refuse("a text that goes beyond the end", "a shorter one");
            at_ += count;
        } else if (major == major_list) {
            open(count, /*is_map=*/false);
        } else if (major == major_map) {
            open(count, /*is_map=*/true);
        }
    }

    /// Each item takes one byte at least, so that what cannot be there is refused at once.
    void open(std::uint64_t items, bool is_map) {
        const std::uint64_t parts = is_map ? 2 : 1;
        if (items > (bytes_.size() - at_) / parts) refuse("a list that goes beyond the end", "a shorter one");
        if (open_.size() > limits_.depth)
            refuse("more than " + std::to_string(limits_.depth) + " lists in each other", "fewer");
        open_.push_back({items * parts, is_map});
    }

    void simple(unsigned low) {
        constexpr unsigned no = 20, yes = 21, null = 22, half = 25, wide = 27;
        if (low >= half && low <= wide)
            take(std::size_t{1} << (low - 24));
        else if (low != no && low != yes && low != null)
            refuse("a value of another kind", "true, false, null or a number");
    }

    std::string_view bytes_;
    const std::string& where_;
    CborLimits limits_;
    std::size_t at_ = 0;
    std::size_t values_ = 0;
    std::vector<List> open_; ///< those around this place
};

} // namespace

void check_cbor(std::string_view bytes, const std::string& where, CborLimits limits) {
    Shape(bytes, where, limits).check();
}

} // namespace lora
