#pragma once
// The rows of the table of settings that all methods share, part by part; schema.h has the whole.

#include "engine/run_settings/setting.h"

#include <string>
#include <utility>
#include <vector>

namespace lora {

/// The row of the field at `place`, a function that takes settings and const settings alike; `more` says what
/// else there is to say of it.
template <class Place>
Setting row(std::string path, std::string label, std::string help, Place place, Setting more = {}) {
    const Setting made = setting(std::move(path), std::move(label), std::move(help), place);
    more.path = made.path;
    more.label = made.label;
    more.help = made.help;
    if (more.kind != SettingKind::Path) more.kind = made.kind; // else a text that is one
    more.get = made.get;
    more.set = made.set;
    if (more.option.empty()) more.option = made.option;
    more.optional = made.optional;
    more.whole = made.whole;
    more.choices = made.choices;
    return more;
}

std::vector<Setting> model_rows();
std::vector<Setting> data_rows();
Setting method_row();
std::vector<Setting> update_rows(); ///< targets, rank, scale and start of an adapter
std::vector<Setting> training_rows();
std::vector<Setting> answer_rows();
std::vector<Setting> token_rows();

} // namespace lora
