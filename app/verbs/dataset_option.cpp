#include "app/verbs/dataset_option.h"

#include "engine/data/formats.h"
#include "engine/settings/schema.h"

namespace lora {

CLI::Option* DatasetOption::add_to(CLI::App& verb, const std::string& what) {
    CLI::Option* data = verb.add_option("--data", path, what + ": " + dataset_format_names());
    for (const auto& [setting, text] :
        {std::pair("data.columns", &columns), std::pair("data.row_template", &row_template)}) {
        const Setting& row = setting_at(setting);
        verb.add_option("--" + row.option, *text, row.help)->needs(data);
    }
    return data;
}

} // namespace lora
