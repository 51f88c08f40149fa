#include "engine/training/eva_batches.h"

#include "engine/data/order.h"
#include "engine/error.h"
#include "engine/training/batch.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Directions that still turn after so many batches turn with every one: theirs are taken as they are.
constexpr std::size_t most_batches = 500;

/// Whether each of the packed tokens is learned; of a sample with a label, all are.
at::Tensor learned_tokens(const std::vector<const Example*>& batch, const at::Device& device) {
    std::vector<std::int64_t> flags;
    for (const Example* example : batch)
        for (std::size_t i = 0; i < example->ids.size(); ++i)
            flags.push_back(example->is_labelled() || example->learned[i] ? 1 : 0);
    return indices(flags, device).to(at::kBool);
}

} // namespace

Adapter explained_start(Adapter adapter, const RunSettings& settings, Model& model, const Dataset& data,
    const std::stop_token& stop) {
    EvaStart start(std::move(adapter), settings.method_settings.eva, model);
    std::vector<std::uint32_t> order = permutation(data.examples.size(), settings.training.seed, /*epoch=*/0);
    if (!settings.data.shuffle) std::iota(order.begin(), order.end(), std::uint32_t{0});
    const auto size = static_cast<std::size_t>(settings.training.batch);
    std::size_t begin = 0;
    for (std::size_t count = 0; count < most_batches && !start.is_done(); ++count) {
        if (stop.stop_requested()) throw Error("stopped before the first step");
        std::vector<Example> examples;
        for (std::size_t i = begin; i < std::min(begin + size, order.size()); ++i)
            examples.push_back(data.examples[order[i]]);
        const std::vector<const Example*> batch = pointers_to(examples);
        start.add(make_batch(batch, model.device()).tokens, learned_tokens(batch, model.device()));
        begin = begin + size < order.size() ? begin + size : 0;
    }
    return start.adapter();
}

} // namespace lora
