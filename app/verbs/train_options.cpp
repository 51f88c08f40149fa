#include "app/verbs/train_options.h"

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/settings/settings.h"

#include <algorithm>

namespace lora {

namespace {

constexpr int most_ranks = 1024, most_seconds = 86'400;

std::string value_words(const Setting& setting, const Json& value) {
    const std::string text = text_of(value);
    if (text.empty()) return setting.empty;
    return setting.empty.empty() || value != 0 ? text : text + ": " + setting.empty;
}

/// "[8; vera: 256]"; nothing where there is no value to begin with.
std::string defaults_words(const Setting& setting) {
    if (!setting.follows.empty()) return " [follows --" + setting_at(setting.follows).option + "]";
    const Json usual = setting.initial();
    std::string words = value_words(setting, usual);
    for (const MethodSheet& sheet : method_sheets()) {
        const Json own = setting.get(defaults_of(sheet.kind));
        if (setting.path != "method" && own != usual)
            words += std::string(words.empty() ? "" : "; ") + sheet.word + ": " + value_words(setting, own);
    }
    return words.empty() ? words : " [" + words + "]";
}

std::string help_of(const Setting& setting) {
    std::string help = setting.help;
    if (setting.kind == SettingKind::Flag)
        return (setting.initial() == true ? "Not: " : "") + setting.label + ". " + help;
    if (help.ends_with('.')) help.pop_back();
    const std::string owners = owners_of(setting.path);
    if (!owners.empty()) help.insert(0, owners + ": ");
    if (setting.kind == SettingKind::Word) help += "; " + setting.kinds();
    return help + defaults_words(setting);
}

/// The options of what a run can go on with other values of.
std::string resume_options() {
    std::string words;
    for (const Setting& setting : all_settings())
        if (setting.changes_on_resume) words.append(words.empty() ? "--" : ", --").append(setting.option);
    return words;
}

/// What is wrong with a number's text, for CLI11; nothing where nothing is.
std::string number_fault(const Setting& setting, const std::string& text) {
    try {
        setting.parsed(text, "--" + setting.option);
        return {};
    } catch (const Error& error) {
        return "found " + error.found() + ", expected " + error.expected();
    }
}

Json given_value(const Setting& setting, const std::string& text) {
    if (setting.kind == SettingKind::Flag) return setting.initial() != true;
    return setting.parsed(text, "--" + setting.option);
}

} // namespace

void TrainOptions::add(CLI::App& verb, const Setting& setting) {
    auto text = std::make_shared<std::string>();
    CLI::Option* option = setting.kind == SettingKind::Flag
                              ? verb.add_flag("--" + setting.option)->description(help_of(setting))
                              : verb.add_option("--" + setting.option, *text, help_of(setting));
    if (setting.kind == SettingKind::Count || setting.kind == SettingKind::Number)
        option->type_name(setting.kind == SettingKind::Count ? "INT" : "FLOAT")
            ->check([&setting](const std::string& given) { return number_fault(setting, given); }, "");
    if (setting.kind == SettingKind::Lines) option->join('\n');
    options_.push_back({&setting, option, text});
}

void TrainOptions::add_to(CLI::App& verb) {
    verb.add_option("--out", out, "The run's folder, new or empty");
    verb.add_option("--resume", resume,
        "Go on with this run's folder from its last checkpoint; what changes no more than rounding may be "
        "given "
        "anew: "
            + resume_options());
    verb.add_flag("--other-files", other_files,
        "With --resume: also where files of the model, the tokenizer or the data are other ones now");
    verb.add_option("--config", config, "A run.json to take the settings from");
    verb.add_flag("--json", json, "Print JSON, one object a line");
    verb.add_flag("--profile", profile, "Say at the end where the time went, by phase");
    verb.add_flag(
        "--dry-run", dry_run, "Check settings, model and data and say what memory it would take; no --out");
    verb.add_option("--ranks", ranks,
            "Train with this many processes of this machine, each on its share of every batch: one a GPU, or "
            "each with its share of the cores")
        ->check(CLI::Range(1, most_ranks));
    verb.add_option("--rank-timeout", rank_timeout,
            "Several processes: how many seconds one may give no sign of life before the others end [60]")
        ->check(CLI::Range(1, most_seconds));
    for (const Setting& setting : all_settings()) add(verb, setting);
    for (const Option& each : options_)
        if (!each.setting->instead_of.empty())
            each.option->excludes(option_of(each.setting->instead_of).option);
}

const TrainOptions::Option& TrainOptions::option_of(const std::string& path) const {
    return *std::find_if(
        options_.begin(), options_.end(), [&](const Option& each) { return each.setting->path == path; });
}

bool TrainOptions::is_given(const std::string& path) const { return option_of(path).option->count() > 0; }

void TrainOptions::check() const {
    if (dry_run && ranks > 0)
        throw CLI::ValidationError("--dry-run", "it tells of one process; leave --ranks out");
    if (!resume.empty()) {
        if (dry_run) throw CLI::ValidationError("--dry-run", "a run that goes on is one that has been run");
        const bool more = !out.empty() || !config.empty()
                          || std::any_of(options_.begin(), options_.end(), [](const Option& each) {
                                 return each.option->count() > 0 && !each.setting->changes_on_resume;
                             });
        if (more)
            throw CLI::ValidationError("--resume",
                "a run goes on with its own settings; beside it may stand --json, --profile, --ranks, "
                "--rank-timeout, --other-files, "
                    + resume_options());
        return;
    }
    if (other_files) throw CLI::RequiredError("--resume");
    if (out.empty() && !dry_run) throw CLI::RequiredError("--out");
    if (!config.empty()) return;
    for (const char* needed : {"model", "data.train"})
        if (!is_given(needed)) throw CLI::RequiredError("--" + setting_at(needed).option);
}

RunSettings TrainOptions::beginning() const {
    const Option& method = option_of("method");
    return defaults_of(method.option->count() > 0 ? method_kind(*method.text) : RunSettings{}.method);
}

RunSettings TrainOptions::settings() const {
    RunSettings settings;
    if (config.empty()) {
        settings = beginning();
    } else {
        const Json file = read_json(config);
        const Json* nested = JsonFields(file, config).find("settings");
        settings = nested != nullptr ? recorded_settings(*nested, config) : run_settings(file, config);
    }
    for (const auto& [setting, option, text] : options_)
        if (option->count() > 0)
            assign(settings, *setting, given_value(*setting, *text), "--" + setting->option);
    for (const auto& [setting, option, text] : options_)
        if (!setting->follows.empty() && option->count() == 0 && is_given(setting->follows))
            setting->put(settings, setting->usual(settings), "--" + setting->option);
    return settings;
}

ResumeWish TrainOptions::wish(const RunSettings& settings) const {
    ResumeWish wanted;
    wanted.other_files = other_files;
    for (const auto& [setting, option, text] : options_) {
        if (option->count() == 0) continue;
        if (!wanted.settings) wanted.settings = settings;
        assign(*wanted.settings, *setting, given_value(*setting, *text), "--" + setting->option);
    }
    return wanted;
}

} // namespace lora
