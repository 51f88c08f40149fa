#include "engine/measures/weight_comparison_values.h"

namespace lora {

namespace {

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json to_json(const Intruders& intruders) {
    Json directions = Json::array();
    for (const auto& direction : intruders.directions)
        directions.push_back({{"singular_value", direction.value}, {"best_cosine", direction.best_cosine},
            {"intruder", direction.intruder}});
    return {{"count", intruders.count}, {"share", intruders.share}, {"directions", directions}};
}

} // namespace

Json to_json(const WeightComparison& target) {
    Json json{{"path", target.path}, {"rank", target.rank}, {"weight_norm", target.weight_norm},
        {"update_norm", target.update_norm}, {"relative_norm", target.relative_norm()},
        {"projected_norm", target.projected_norm}, {"random_norm", target.random_norm},
        {"top_norm", or_null(target.top_norm)}, {"amplification", or_null(target.amplification)}};
    if (target.inputs.rows > 0) {
        json["phi_inputs"] = to_json(target.inputs);
        json["phi_outputs"] = to_json(target.outputs);
    }
    if (target.intruders) json["intruders"] = to_json(*target.intruders);
    return json;
}

} // namespace lora
