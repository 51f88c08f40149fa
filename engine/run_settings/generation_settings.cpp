#include "engine/run_settings/generation_settings.h"

#include <cmath>

namespace lora {

namespace {

using Own = GenerationSettings;

std::vector<GenerationSetting> made_rows() {
    return {
        {.option = "max-new-tokens",
            .label = "Tokens",
            .help = "The answer ends there, if not before by itself.",
            .field = &Own::max_new_tokens,
            .range = {1, 1 << 20},
            .doubles = true},
        {.option = "temperature",
            .label = "Temperature",
            .help = "0 takes the likeliest token every time; the higher, the more freely one is drawn.",
            .field = &Own::temperature,
            .range = {0, 100}},
        {.option = "top-k",
            .label = "Top k",
            .help = "Draw from so many of the likeliest tokens; 0: all.",
            .field = &Own::top_k,
            .range = {0, most_of_all},
            .doubles = true,
            .advanced = true},
        {.option = "top-p",
            .label = "Top p",
            .help = "Draw from the likeliest tokens that together have this probability; 1: all.",
            .field = &Own::top_p,
            .range = {1e-6, 1},
            .advanced = true},
        {.option = "min-p",
            .label = "Min p",
            .help = "Draw from tokens that have this share of the likeliest one's probability; 0: all.",
            .field = &Own::min_p,
            .range = {0, 1},
            .advanced = true},
        {.option = "repetition-penalty",
            .label = "Repetition penalty",
            .help = "Divides positive scores of tokens that are in the text already, multiplies the others; "
                    "1: none.",
            .field = &Own::repetition_penalty,
            .range = {0, 100, /*above=*/true},
            .advanced = true},
        {.option = "seed",
            .label = "Seed",
            .help = "For temperatures above 0: the same seed draws the same answer.",
            .field = &Own::seed,
            .range = {0}},
        {.option = "adapter-scale",
            .label = "Adapter scale",
            .help = "How much of the adapter counts: 0 is the base model, 1 the adapter as it was trained, 2 "
                    "twice its update.",
            .field = &Own::adapter_scale,
            .range = {0, 2},
            .of_adapter = true},
    };
}

} // namespace

Json GenerationSetting::get(const GenerationSettings& settings) const {
    return std::visit([&](const auto place) { return Json(settings.*place); }, field);
}

bool GenerationSetting::set(GenerationSettings& settings, const Json& value) const {
    GenerationSettings changed = settings;
    const bool read = std::visit([&](const auto place) { return read_field(value, changed.*place); }, field);
    if (!read || !range.holds(value.get<double>())) return false;
    settings = changed;
    return true;
}

std::string GenerationSetting::expected() const {
    const bool endless = std::isinf(range.highest);
    return std::string(whole() ? "a whole number" : "a number") + ", "
           + (endless ? number_text(range.lowest) + " or above" : range.words());
}

const std::vector<GenerationSetting>& generation_settings() {
    static const std::vector<GenerationSetting> all = made_rows();
    return all;
}

} // namespace lora
