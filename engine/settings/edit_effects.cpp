#include "engine/settings/edit_effects.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/settings/schema.h"
#include "engine/targets/rank_pattern.h"

namespace lora {

namespace {

AlphaPattern alphas_at_one_scale(const LoraSettings& lora) {
    return alphas_of(lora.rank_pattern, lora.alpha / static_cast<double>(lora.rank));
}

} // namespace

void follow_edit(RunSettings& settings, const RunSettings& before, const std::string& path) {
    const bool scale = path == "lora.rank" || path == "lora.alpha" || path == "lora.rank_pattern";
    const bool kept = settings.lora.rank > 0 && before.lora.rank > 0
                      && before.lora.alpha_pattern == alphas_at_one_scale(before.lora);
    if (scale && kept && has_setting(settings.method, "lora.alpha_pattern"))
        settings.lora.alpha_pattern = alphas_at_one_scale(settings.lora);
    for (const Setting& setting : all_settings())
        if (setting.follows == path && !has_setting(settings.method, setting.path))
            setting.put(settings, setting.usual(settings), setting.path);
}

} // namespace lora
