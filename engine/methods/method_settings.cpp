#include "engine/methods/method_settings.h"

#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

constexpr std::pair<MethodKind, const char*> methods[] = {{MethodKind::Lora, "lora"}};

} // namespace

std::string name(MethodKind kind) {
    for (const auto& [each, word] : methods)
        if (each == kind) return word;
    return {};
}

MethodKind method_kind(const std::string& name) {
    std::string known;
    for (const auto& [kind, word] : methods) {
        if (name == word) return kind;
        known.append(known.empty() ? "" : ", ").append(word);
    }
    fail("method", "'" + shown(name) + "'", "one of " + known);
}

} // namespace lora
