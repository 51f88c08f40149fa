#include "app/verbs/dataset_option.h"

#include "engine/data/formats.h"
#include "engine/settings/schema.h"

namespace lora {

CLI::Option* DatasetOption::add_to(CLI::App& verb, const std::string& what) {
    data_ = verb.add_option("--data", path, what + ": " + dataset_format_names());
    for (const char* each : {"data.columns", "data.row_template", "data.problem_type"}) add_row(verb, each);
    return data_;
}

void DatasetOption::add_split_to(CLI::App& verb) {
    for (const char* each : {"data.eval_split", "data.split_seed"}) add_row(verb, each);
}

void DatasetOption::add_row(CLI::App& verb, const std::string& place) {
    const Setting& row = setting_at(place);
    const std::string values = row.choices.empty() ? "" : "; " + row.kinds();
    verb.add_option("--" + row.option, texts_[place], row.help + values)->needs(data_);
}

DataSettings DatasetOption::settings() const {
    RunSettings settings;
    for (const auto& [place, text] : texts_) {
        const Setting& row = setting_at(place);
        const std::string where = "--" + row.option;
        if (!text.empty()) row.put(settings, row.parsed(text, where), where);
    }
    settings.data.train = path;
    return settings.data;
}

} // namespace lora
