#pragma once
// Texts found by their beginnings: which of a set of texts begin at a place of another text, shortest first.
// Source: Aoe 1989, a double array, where a step costs one look into memory.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lora {

class ByteTrie {
public:
    ByteTrie() = default;
    /// Texts with their values, which must be at least 0; of equal texts the last one counts, an empty one is
    /// never found. `where` names the texts. Throws Error for more of them than fit into the trie's limits.
    ByteTrie(std::vector<std::pair<std::string_view, std::int32_t>> texts, const std::string& where);

    /// Calls `found(value, bytes)` for every text that `text` begins with, shortest first.
    template <typename Found>
    void prefixes(std::string_view text, const Found& found) const {
        std::int64_t node = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            node = next(node, static_cast<unsigned char>(text[at]));
            if (node < 0) {
                return;
            }
            if (const std::int32_t value = units_[static_cast<std::size_t>(node)].value; value >= 0) {
                found(value, at + 1);
            }
        }
    }

    bool empty() const { return units_.empty(); }

private:
    struct Unit {
        std::int32_t base = 0;
        std::int32_t parent = -1; // of a free unit -1
        std::int32_t value = -1;
    };
    struct Builder;

    std::int64_t next(std::int64_t node, unsigned char byte) const {
        if (units_.empty()) {
            return -1;
        }
        const auto child = static_cast<std::size_t>(units_[static_cast<std::size_t>(node)].base) + byte;
        return child < units_.size() && units_[child].parent == node ? static_cast<std::int64_t>(child) : -1;
    }

    std::vector<Unit> units_;
};

} // namespace lora
