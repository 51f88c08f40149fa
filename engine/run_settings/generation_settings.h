#pragma once
// How a model is made to speak: the settings as a plain struct, and the table of them that the command's
// options and the playground's fields follow from. A new one is a field here and a row there.

#include "engine/run_settings/setting.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace lora {

struct GenerationSettings {
    std::int64_t max_new_tokens = 128;
    double temperature = 0;        ///< 0: the likeliest token
    std::int64_t top_k = 0;        ///< only so many of the likeliest are drawn from; 0: all
    double top_p = 1;              ///< only the likeliest that together have this probability; 1: all
    double min_p = 0;              ///< only those with this share of the likeliest one's probability; 0: all
    double repetition_penalty = 1; ///< of the scores of tokens that are in the text already; 1: none
    std::uint64_t seed = 0;
    double adapter_scale = 1; ///< what the adapter's update is multiplied by; 0: the base, bit for bit
    bool adapted = true;      ///< whether the model's update counts; nobody is asked for it
};

/// A row of the table.
struct GenerationSetting {
    using Field = std::variant<std::int64_t GenerationSettings::*, std::uint64_t GenerationSettings::*,
        double GenerationSettings::*>;

    std::string option; ///< without hyphens: "top-k"
    std::string label;  ///< in the window: "Top k"
    std::string help;   ///< what it does, in a sentence or two
    Field field;
    Range range;             ///< of its values
    bool doubles = false;    ///< its arrows in the window double and halve it
    bool advanced = false;   ///< seldom needed: not at first sight
    bool of_adapter = false; ///< it says nothing where there is no adapter

    bool whole() const { return !std::holds_alternative<double GenerationSettings::*>(field); }
    Json get(const GenerationSettings& settings) const;
    /// False, and nothing is changed, for a value of another kind or out of range.
    bool set(GenerationSettings& settings, const Json& value) const;
    std::string expected() const; ///< which values there are: "a whole number, 1 to 1048576"
};

/// In the order of the command's help.
const std::vector<GenerationSetting>& generation_settings();

} // namespace lora
