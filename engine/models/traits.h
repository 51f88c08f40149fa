#pragma once
// What a model computes beside its weights, in words: two descriptions of the same weights are compared by
// it.

#include <string>
#include <vector>

namespace lora {

struct Trait {
    std::string what;  ///< "block 3: window"
    std::string value; ///< "512"; numbers with five digits, as many as float32 surely keeps
    bool operator==(const Trait&) const = default;
};

/// With five digits.
std::string trait_text(double number);
/// The numbers with commas between.
std::string trait_text(const std::vector<double>& numbers);

} // namespace lora
