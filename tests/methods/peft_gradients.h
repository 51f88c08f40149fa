#pragma once
// What PEFT says of its own adapters in tests/fixtures/peft_adapters: logits, and gradients of the mean
// next-token loss over the ids there.

#include "engine/training/batch.h"
#include "engine/training/loss.h"
#include "tests/models/tiny_llama.h"

#include <string>

inline const std::string peft_model = FIXTURES "/llama/gqa_tied";

inline std::string peft_folder(const std::string& name) { return FIXTURES "/peft_adapters/" + name; }

inline at::Tensor peft_expected(const std::string& name) {
    return lora::tensor_of(FIXTURES "/peft_adapters/expected.safetensors", name);
}

/// Whether the tensor's gradient is PEFT's for this key of the adapter's file.
inline bool has_pefts_gradient(const at::Tensor& tensor, const std::string& folder, const std::string& key) {
    // Gradients up to 1, float32 sums in another order.
    const at::Tensor pefts = peft_expected("gradient." + folder + ".base_model.model." + key);
    return lora::largest_difference(tensor.grad(), pefts) < 1e-4;
}

inline at::Tensor peft_loss(const lora::Model& model) {
    const at::Tensor ids = peft_expected("ids");
    const std::int64_t* data = ids.const_data_ptr<std::int64_t>();
    lora::Example example;
    for (std::int64_t i = 0; i < ids.numel(); ++i) example.ids.push_back(static_cast<lora::TokenId>(data[i]));
    example.learned.assign(example.ids.size(), true);
    const auto predicted = static_cast<double>(example.ids.size() - 1);
    return next_token_loss_plain(model, lora::make_batch({&example}, at::kCPU), lora::Pass{}) / predicted;
}
