#include "engine/architectures/mixture_fields.h"

#include "engine/error.h"

namespace lora {

MixtureSettings mixture_settings(const ConfigFields& config, std::int64_t inner) {
    constexpr std::int64_t most_experts = 4096;
    const char* const key = config.has("num_local_experts") ? "num_local_experts" : "num_experts";
    const std::int64_t count = config.integer(key, 1, most_experts);
    return {.experts = {.count = count, .width = config.size("hidden_size"), .inner = inner},
        .chosen = config.integer("num_experts_per_tok", 1, count)};
}

void add_experts(Json& config, const GgufFile& file) {
    const std::string at = file.string("general.architecture") + ".";
    constexpr std::int64_t most = std::int64_t{1} << 24;
    config["num_experts"] = file.integer(at + "expert_count", 1, most);
    config["num_experts_per_tok"] = file.integer(at + "expert_used_count", 1, most);
    config["moe_intermediate_size"] = file.integer_or(
        at + "expert_feed_forward_length", config.value("intermediate_size", std::int64_t{1}), 1, most);
}

} // namespace lora
