#include "engine/ranks/claims.h"

#include "engine/error.h"

#include <algorithm>

namespace lora {

namespace {

// "/settings/training/lr" → "settings.training.lr"
std::string words_of_pointer(std::string pointer) {
    pointer.erase(0, pointer.starts_with('/') ? 1 : 0);
    std::replace(pointer.begin(), pointer.end(), '/', '.');
    return pointer;
}

void refuse_claim(const std::string& pointer, const Json* own, const Json* leaders, const std::string& who) {
    const auto value = [](const Json* claim) {
        return claim ? shown(claim->dump()) : std::string("nothing");
    };
    fail(words_of_pointer(pointer) + " of " + who, value(own), "rank 0's, " + value(leaders),
        "all ranks must see the same program, settings, data and model");
}

} // namespace

void refuse_other_claims(const Json& own, const Json& leaders, const std::string& who) {
    const Json own_flat = own.flatten(), leaders_flat = leaders.flatten();
    for (const auto& [pointer, value] : leaders_flat.items()) {
        const auto same = own_flat.find(pointer);
        if (same == own_flat.end()) refuse_claim(pointer, nullptr, &value, who);
        if (*same != value) refuse_claim(pointer, &*same, &value, who);
    }
    for (const auto& [pointer, value] : own_flat.items())
        if (!leaders_flat.contains(pointer)) refuse_claim(pointer, &value, nullptr, who);
}

} // namespace lora
