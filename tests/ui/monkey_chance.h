#pragma once
// Chance from a seed, the same on every machine, which the distributions of the standard library are not.

#include <cstddef>
#include <cstdint>
#include <random>

namespace lora {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : bits_(seed) {}

    /// 0 to count - 1; 0 for a count of 0.
    std::size_t below(std::size_t count) { return count == 0 ? 0 : bits_() % count; }
    /// From least to most, both included.
    int between(int least, int most) {
        return least + static_cast<int>(below(static_cast<std::size_t>(most - least) + 1));
    }
    bool oneIn(std::size_t count) { return below(count) == 0; }
    /// Of a list that is not empty.
    template <class List>
    auto of(const List& list) {
        return list[static_cast<typename List::size_type>(below(static_cast<std::size_t>(list.size())))];
    }

private:
    std::mt19937_64 bits_;
};

} // namespace lora
