// Qwen 3.5's text models, alone and with others for pictures: gated delta rules, every fourth layer attention
// with a gate, a dense feed-forward branch. Source: Qwen Team 2026; names and fields as Hugging Face's
// Qwen3_5ForCausalLM has them. llama.cpp orders the heads and keeps the decays otherwise: no GGUF here.

#include "engine/architectures/architecture.h"
#include "engine/architectures/delta_blocks.h"

namespace lora {

namespace {

std::unique_ptr<Model> make_qwen3_5(const Json& json, const Weights& weights, const at::Device& device) {
    const ConfigFields config(json, weights.config_file());
    const GatedBlock kind = delta_block(config);
    const DeltaSettings settings = delta_settings(config, kind.norm);
    const DeltaHeads& heads = settings.heads;
    return delta_decoder(config, weights, device, kind,
        {.settings = settings,
            .inputs = {{"in_proj_qkv", heads.mixed()}, {"in_proj_z", heads.values()},
                {"in_proj_b", heads.value_count}, {"in_proj_a", heads.value_count}}});
}

} // namespace

extern const Architecture qwen3_5_text{"qwen3_5_text", make_qwen3_5, {.model_class = "Qwen3_5ForCausalLM"}};

/// With pictures and films, which are left out; its sections of rotary positions are the same on text alone.
extern const Architecture qwen3_5{
    "qwen3_5", make_qwen3_5, text_part_dialect("Qwen3_5ForConditionalGeneration")};

} // namespace lora
