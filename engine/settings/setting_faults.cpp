// What is wrong with settings: each by its row, by what its method refuses, and what does not go together.

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/settings/settings.h"
#include "engine/settings/wording.h"
#include "engine/targets/weight_selection.h"

#include <cmath>
#include <optional>
#include <utility>

namespace lora {

namespace {

std::string shown_value(const Json& value) {
    if (value.is_boolean()) return value.get<bool>() ? "on" : "off";
    if (value.is_string() && !value.get<std::string>().empty())
        return "'" + shown(value.get<std::string>()) + "'";
    const std::string text = text_of(value);
    return text.empty() ? "nothing" : text;
}

/// What is wrong with the first of a pattern's entries that is out of the range, "q_proj=0".
std::optional<Fault> outside(const Setting& setting, const Json& pattern) {
    for (const auto& [key, value] : pattern.items()) {
        const auto number = value.get<double>();
        if (!setting.range.holds(number))
            return Fault{setting.path, shown(key) + "=" + text_of(value), setting.range.words_for(number)};
    }
    return std::nullopt;
}

void check_row(const Setting& setting, const RunSettings& settings, std::vector<Fault>& faults) {
    const Json value = setting.get(settings);
    const auto say = [&](const std::string& expected) {
        faults.push_back({setting.path, shown_value(value), expected});
    };
    if (setting.fits && !setting.fits(value)) return say(setting.expected);
    if (setting.kind == SettingKind::Pattern) {
        if (auto fault = outside(setting, value)) faults.push_back(std::move(*fault));
        return;
    }
    // Of a seed all whole numbers are taken: it has no range.
    const bool ranged = std::isfinite(setting.range.lowest) || setting.kind == SettingKind::Number;
    if (value.is_number() && ranged && !setting.range.holds(value.get<double>()))
        say(setting.range.words_for(value.get<double>()));
}

std::string usual_words(const Setting& setting) {
    const Json value = setting.initial();
    const bool no_word = value.is_string() && value.get_ref<const std::string&>().empty();
    const bool nothing = no_word || value.is_null() || (value.is_object() && value.empty());
    return nothing ? "none" : shown_value(value);
}

void check_method(const RunSettings& settings, std::vector<Fault>& faults) {
    const MethodSheet& sheet = sheet_of(settings.method);
    const std::string with = std::string(" with {method=") + sheet.word + "}";
    for (const Setting& setting : all_settings()) {
        const std::string owners = owners_of(setting.path);
        if (owners.empty() || has_setting(sheet.kind, setting.path) || is_usual(setting, settings)) continue;
        faults.push_back({setting.path, shown_value(setting.get(settings)),
            usual_words(setting).append(with).append("; it belongs to ").append(owners)});
    }
    for (const Refusal& refusal : sheet.refuses) {
        const Setting& setting = setting_at(refusal.setting);
        if (!is_usual(setting, settings))
            faults.push_back({setting.path, shown_value(setting.get(settings)),
                usual_words(setting) + with + ": " + refusal.why});
    }
    if (sheet.check != nullptr) sheet.check(settings, faults);
}

// What would do nothing, or not what it says.
void check_together(const RunSettings& settings, std::vector<Fault>& faults) {
    const TargetSelection& selection = settings.lora.selection;
    const TrainingSettings& training = settings.training;
    const bool all_weights = selection.targets == everything;
    if (all_weights && !trains_weights(settings.method))
        faults.push_back({"lora.selection.targets", selection.targets,
            "linears: {method=" + name(settings.method)
                + "} changes no embedding, norm or bias; take {method=full} for those"});
    if (all_weights && !selection.layers.empty())
        faults.push_back({"lora.selection.layers", "'" + shown(selection.layers) + "'",
            "none with {lora.selection.targets=everything}; take all-linear to choose blocks"});
    if (training.accumulate > training.batch && training.batch >= 1)
        faults.push_back({"training.accumulate", std::to_string(training.accumulate),
            "at most " + std::to_string(training.batch) + ", the samples of a batch"});
    if (training.activation_offload && !training.gradient_checkpointing)
        faults.push_back({"training.activation_offload", "on",
            "off without {training.gradient_checkpointing}: only then is there nothing but a block's input "
            "to keep"});
    const bool evaluates = !settings.data.eval.empty() || settings.data.eval_split > 0;
    if (training.patience > 0 && (!evaluates || training.eval_every == 0))
        faults.push_back({"training.patience", std::to_string(training.patience),
            evaluates
                ? "0 without {training.eval_every}: there is one evaluation after the first step, the last"
                : "0 without {data.eval} or {data.eval_split}: nothing is evaluated"});
    if (settings.answers.rows > 0 && !evaluates)
        faults.push_back({"answers.rows", std::to_string(settings.answers.rows),
            "0 without {data.eval} or {data.eval_split}: no row is held out"});
    if (training.warmup && training.steps && *training.warmup > *training.steps)
        faults.push_back({"training.warmup", std::to_string(*training.warmup),
            "at most " + std::to_string(*training.steps) + ", the steps of the run"});
}

// Their rows are trained beside A and B, by the methods that train these as they are.
void check_tokens(const RunSettings& settings, std::vector<Fault>& faults) {
    const std::string& added = settings.tokens.added;
    if (settings.tokens.special && added.empty())
        faults.push_back({"tokens.special", "on", "off without {tokens.added}: there is no new token"});
    if (added.empty() || trains_new_tokens(settings.method)) return;
    faults.push_back({"tokens.added", "'" + shown(added) + "'",
        "none with {method=" + name(settings.method)
            + "}; {method=lora}, {method=dora} and their nearest relatives train the rows of new tokens"});
}

} // namespace

std::vector<Fault> faults(const RunSettings& settings) {
    std::vector<Fault> all;
    for (const Setting& setting : all_settings()) check_row(setting, settings, all);
    check_method(settings, all);
    check_together(settings, all);
    check_tokens(settings, all);
    return all;
}

void refuse(const std::vector<Fault>& faults) {
    std::string all;
    for (const Fault& fault : faults) all += (all.empty() ? "" : "\n") + sentence(fault);
    if (!all.empty()) throw Error(all);
}

} // namespace lora
