#pragma once
// What a form asks for a method: the settings that only some methods have, in one table, and which of the
// shared ones it takes. Knows no torch.

#include "engine/settings/settings.h"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace lora {

/// A count, a number, a word of a list, yes or no.
using FieldValue = std::variant<std::int64_t, double, std::string, bool>;

/// A setting that is one method's own, or a few methods'.
struct MethodField {
    std::string option; ///< "loraplus-lr-ratio": on the command line, and in front of its faults
    std::string label;  ///< "Ratio λ"
    std::string about;  ///< a sentence
    std::function<FieldValue(const RunSettings&)> get;
    std::function<void(RunSettings&, const FieldValue&)> set;
    double lowest = 0; ///< of a count or a number: what a form lets through
    double highest = 0;
    std::vector<std::string> words = {}; ///< of a word: all there are
};

/// Of all methods, each once, in the order of a form.
const std::vector<MethodField>& method_fields();
/// Whether the method has the field: it is one of its own.
bool has_field(MethodKind method, const MethodField& field);

/// Which of the settings that most methods share mean something to this one: what it refuses, or what would
/// do nothing, it does not take.
struct SharedFields {
    bool rank = true;
    bool alpha = true; ///< and with it the scale
    bool dropout = true;
    bool init = true;    ///< how A begins
    bool adapter = true; ///< one to start from
    bool gradient_checkpointing = true;
    bool operator==(const SharedFields&) const = default;
};
SharedFields shared_fields(MethodKind method);

/// The factor in front of the product of B and A where a target has no rank of its own.
struct UpdateScale {
    std::string words; ///< how it is counted: "α/r"
    double value = 0;
};
UpdateScale update_scale(const RunSettings& settings);

} // namespace lora
