#pragma once
// The rows of the table of settings that all methods share, part by part; schema.h has the whole.

#include "engine/run_settings/setting.h"

#include <vector>

namespace lora {

std::vector<Setting> model_rows();
std::vector<Setting> data_rows();
Setting method_row();
std::vector<Setting> update_rows(); ///< targets, rank, scale and start of an adapter
std::vector<Setting> training_rows();

} // namespace lora
