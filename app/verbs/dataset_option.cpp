#include "app/verbs/dataset_option.h"

#include "engine/data/formats.h"
#include "engine/settings/schema.h"

namespace lora {

CLI::Option* DatasetOption::add_to(CLI::App& verb, const std::string& what) {
    CLI::Option* data = verb.add_option("--data", path, what + ": " + dataset_format_names());
    for (const char* each : {"data.columns", "data.row_template", "data.problem_type"}) {
        const Setting& row = setting_at(each);
        const std::string values = row.choices.empty() ? "" : "; " + row.kinds();
        verb.add_option("--" + row.option, texts_[each], row.help + values)->needs(data);
    }
    return data;
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
