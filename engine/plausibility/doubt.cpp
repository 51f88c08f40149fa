#include "engine/plausibility/doubt.h"

#include "engine/settings/edit_effects.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"

namespace lora {

RunSettings mended(RunSettings settings, const std::vector<SettingChange>& mend) {
    for (const SettingChange& change : mend) {
        const RunSettings before = settings;
        assign(settings, setting_at(change.setting), change.value, change.setting);
        follow_edit(settings, before, change.setting);
    }
    return settings;
}

std::string mend_options(const std::vector<SettingChange>& mend) {
    std::string words;
    for (const SettingChange& change : mend) {
        const Setting& setting = setting_at(change.setting);
        const std::string text = text_of(change.value);
        const bool flag = setting.kind == SettingKind::Flag;
        const bool leave_out = flag ? change.value == setting.initial() : text.empty();
        words.append(words.empty() ? "" : " ").append(leave_out ? "no --" : "--").append(setting.option);
        if (!flag && !leave_out) words.append(" ").append(text);
    }
    return words;
}

Json doubt_event(const Doubt& doubt) {
    Json mend = Json::object();
    for (const SettingChange& change : doubt.mend) mend[change.setting] = change.value;
    return {{"event", "doubt"}, {"setting", doubt.setting}, {"text", in_options(doubt.sentence)},
        {"refused", doubt.kind == DoubtKind::Refusal}, {"mend", mend}};
}

} // namespace lora
