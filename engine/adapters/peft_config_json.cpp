#include "engine/adapters/peft_config_json.h"

#include "engine/adapters/expert_stacks.h"
#include "engine/adapters/head_tensors.h"
#include "engine/architectures/catalog.h"
#include "engine/checkpoints/experts.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lora {

namespace {

template <typename Value>
Value most_common(const std::vector<Value>& values) {
    std::map<Value, std::size_t> counts;
    for (const Value& value : values) ++counts[value];
    return std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
    })->first;
}

} // namespace

Json peft_target_modules(const Adapter& adapter, const ModelSummary& base_model) {
    const std::vector<LinearInfo>& linears = base_model.linears;
    std::set<std::string> paths, modules;
    for (const auto& target : adapter.targets)
        if (peft_parameter(target.path).empty()) paths.insert(target.path);
    for (const auto& linear : linears)
        if (paths.contains(linear.path)) modules.insert(linear.module);
    // A name alone would be that of linears in other parts too.
    if (has_other_parts(base_model.model_type)) return Json(paths);
    const auto covered =
        static_cast<std::size_t>(std::count_if(linears.begin(), linears.end(), [&](const LinearInfo& linear) {
            return modules.contains(linear.module) && peft_parameter(linear.path).empty();
        }));
    return covered == paths.size() ? Json(modules) : Json(paths);
}

Json peft_config_json(const Adapter& adapter, const ModelSummary& base_model) {
    const std::vector<PeftPlace> places = peft_places(adapter, base_model);
    std::vector<std::int64_t> ranks;
    std::vector<double> alphas;
    for (const PeftPlace& place : places) {
        ranks.push_back(place.rank);
        alphas.push_back(place.alpha);
    }
    const std::int64_t rank = most_common(ranks);
    const double alpha = most_common(alphas);
    Json rank_pattern = Json::object(), alpha_pattern = Json::object();
    for (const PeftPlace& place : places) {
        std::string key;
        for (const char c : place.pattern_path()) key += c == '.' ? std::string("\\.") : std::string(1, c);
        if (place.rank != rank) rank_pattern[key] = place.rank;
        if (place.alpha != alpha) alpha_pattern[key] = place.alpha;
    }
    const std::vector<std::string> parameters = peft_target_parameters(places, base_model);
    Json json{
        {"alpha_pattern", alpha_pattern},
        {"auto_mapping", nullptr},
        {"base_model_name_or_path", base_model.path},
        {"bias", "none"},
        {"fan_in_fan_out", has_transposed_linears(base_model.model_type)},
        {"inference_mode", true},
        {"init_lora_weights", true},
        {"layers_pattern", nullptr},
        {"layers_to_transform", nullptr},
        {"lora_alpha", alpha},
        // PEFT refuses one beside parameters; it matters in training alone.
        {"lora_dropout", parameters.empty() ? adapter.targets.front().update.dropout : 0.0},
        {"modules_to_save", modules_to_save(adapter.head)},
        {"peft_type", "LORA"},
        {"r", rank},
        {"rank_pattern", rank_pattern},
        {"revision", nullptr},
        {"target_modules", peft_target_modules(adapter, base_model)},
        {"target_parameters", parameters.empty() ? Json() : Json(parameters)},
        {"task_type", adapter.head ? "SEQ_CLS" : "CAUSAL_LM"},
        {"use_dora", adapter.has_magnitudes()},
        {"use_rslora", adapter.use_rslora},
    };
    if (adapter.tokens) json["trainable_token_indices"] = trainable_token_indices(*adapter.tokens);
    return json;
}

} // namespace lora
