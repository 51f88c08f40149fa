// Qwen 3 Next: gated delta rules, every fourth layer attention with a gate, and in each layer many small
// experts beside one that all tokens have. Source: Qwen Team 2025; names and fields as Hugging Face's
// Qwen3NextForCausalLM has them. llama.cpp orders the heads and keeps the decays otherwise: no GGUF here.

#include "engine/architectures/architecture.h"
#include "engine/architectures/delta_blocks.h"
#include "engine/architectures/mixture_fields.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_qwen3_next(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    config.only("decoder_sparse_step", 1); // PEFT has no adapter of blocks without experts between them
    config.only("mlp_only_layers", Json::array());
    GatedBlock kind = delta_block(config);
    kind.mixture = mixture_settings(config, config.size_or("moe_intermediate_size", 512));
    kind.mixture->among_chosen = config.boolean_or("norm_topk_prob", true);
    kind.mixture->shared = {.path = "mlp.shared_expert",
        .inner = config.size_or("shared_expert_intermediate_size", 512),
        .weighed = true};
    DeltaSettings settings = delta_settings(config, kind.norm);
    settings.by_head = true;
    const DeltaHeads& heads = settings.heads;
    return delta_decoder(config, weights, device, kind,
        {.settings = settings,
            .inputs = {
                {"in_proj_qkvz", heads.mixed() + heads.values()}, {"in_proj_ba", 2 * heads.value_count}}});
}

constexpr ExpertDialect qwen3_next_expert_names{};

} // namespace

extern const Architecture qwen3_next{"qwen3_next", make_qwen3_next,
    {.model_class = "Qwen3NextForCausalLM", .experts = &qwen3_next_expert_names}};

} // namespace lora
