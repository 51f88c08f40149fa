#include "engine/text/byte_trie.h"

#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

constexpr std::size_t most_units = 1 << 25;
constexpr std::size_t byte_values = 256;
constexpr int most_tries = 256; // for room between what is there; beyond, a node goes behind it

} // namespace

/// Lays the nodes out, the root first.
struct ByteTrie::Builder {
    using Text = std::pair<std::string_view, std::int32_t>;
    /// A node: the texts from `begin` to `end` that share their first `depth` bytes.
    struct Range {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t depth = 0;
        std::size_t node = 0;
    };
    struct Child {
        unsigned char byte = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    Builder(const std::vector<Text>& sorted, const std::string& name) : texts(sorted), where(name) {}

    void build() {
        grow(byte_values + 1);
        units[0].parent = 0; // the root is nobody's child, but its place is taken
        open.push_back({0, texts.size(), 0, 0});
        while (!open.empty()) {
            const Range range = open.back();
            open.pop_back();
            place(range);
        }
    }

    void place(Range range) {
        while (range.begin < range.end && texts[range.begin].first.size() == range.depth) {
            units[range.node].value = texts[range.begin].second;
            ++range.begin;
        }
        find_children(range);
        if (children.empty()) {
            return;
        }
        const std::size_t base = find_base();
        units[range.node].base = static_cast<std::int32_t>(base);
        for (const Child& child : children) {
            const std::size_t node = base + child.byte;
            units[node].parent = static_cast<std::int32_t>(range.node);
            open.push_back({child.begin, child.end, range.depth + 1, node});
        }
    }

    void find_children(const Range& range) {
        children.clear();
        for (std::size_t at = range.begin; at < range.end; ++at) {
            const auto byte = static_cast<unsigned char>(texts[at].first[range.depth]);
            if (children.empty() || children.back().byte != byte) {
                children.push_back({byte, at, at});
            }
            children.back().end = at + 1;
        }
    }

    bool fits(std::size_t base) const {
        return std::all_of(children.begin(), children.end(),
            [&](const Child& child) { return units[base + child.byte].parent < 0; });
    }

    /// Where all children find free units. Units before `first_free` are not tried again.
    std::size_t find_base() {
        while (first_free < units.size() && units[first_free].parent >= 0) {
            ++first_free;
        }
        std::size_t base =
            std::max<std::size_t>(first_free, children.front().byte + 1U) - children.front().byte;
        for (int tries = 0; tries < most_tries; ++tries, ++base) {
            grow(base + byte_values);
            if (fits(base)) {
                used = std::max(used, base + children.back().byte + 1);
                return base;
            }
        }
        first_free = std::max(first_free, base - most_tries + children.front().byte + 1);
        base = used;
        grow(base + byte_values);
        used = base + children.back().byte + 1;
        return base;
    }

    void grow(std::size_t size) {
        if (size > most_units) {
            fail(where, "texts of too many different beginnings",
                "a vocabulary of at most " + std::to_string(most_units) + " of them");
        }
        if (size > units.size()) {
            units.resize(size);
        }
    }

    const std::vector<Text>& texts; // sorted
    const std::string& where;
    std::vector<Unit> units;
    std::vector<Range> open;
    std::vector<Child> children;
    std::size_t first_free = 1;
    std::size_t used = 1;
};

ByteTrie::ByteTrie(std::vector<std::pair<std::string_view, std::int32_t>> texts, const std::string& where) {
    if (texts.empty()) {
        return;
    }
    std::stable_sort(
        texts.begin(), texts.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Builder builder(texts, where);
    builder.build();
    units_ = std::move(builder.units);
    units_[0].value = -1;
}

} // namespace lora
