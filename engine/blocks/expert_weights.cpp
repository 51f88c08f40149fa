#include "engine/blocks/expert_weights.h"

#include "engine/blocks/mxfp4_weights.h"

#include <string>
#include <string_view>

#include <ATen/ATen.h>

namespace lora {

namespace {

/// One kind of linear, gate_up_proj or down_proj, of all experts of a block.
struct Kind {
    std::string_view module;             ///< in the model
    std::string_view all;                ///< a tensor of all by another name; empty: none
    std::vector<std::string_view> parts; ///< of an expert, one below the other
    std::int64_t out, in;
};

std::string named(std::string_view before, std::string_view name, std::string_view after = {}) {
    return std::string(before).append(".").append(name).append(after);
}

// [experts, out, in] as one tensor of the file, or as its packed values; undefined if it has none.
at::Tensor of_all(const Place& block, const Kind& kind, std::int64_t count) {
    const ExpertDialect& names = *block.weights.dialect().experts;
    std::vector<std::int64_t> shape{count, kind.out, kind.in};
    if (names.turned) std::swap(shape[1], shape[2]);
    at::Tensor all = block.weights.optional_tensor(named(names.container, kind.module), shape);
    if (!all.defined() && !kind.all.empty())
        all = block.weights.optional_tensor(std::string(kind.all) + ".weight", shape);
    if (!all.defined())
        return mxfp4_weights(block.weights, named(names.container, kind.module), count, kind.out, kind.in);
    return names.turned ? all.transpose(1, 2).contiguous() : all;
}

// The same of a GGUF file, which has the parts of all experts by themselves.
at::Tensor of_all_in_gguf(const Place& block, const Kind& kind, std::int64_t count) {
    const auto parts = static_cast<std::int64_t>(kind.parts.size());
    std::vector<at::Tensor> found;
    for (const std::string_view part : kind.parts)
        found.push_back(
            block.weights.tensor(named(block.weights.dialect().experts->container, part, ".weight"),
                {count, kind.out / parts, kind.in}));
    return parts == 1 ? found.front() : at::cat(found, 1);
}

at::Tensor of_one(const Place& block, const Kind& kind, std::int64_t expert) {
    const Weights own = block.weights.at(named(block.weights.dialect().experts->own, std::to_string(expert)));
    const auto parts = static_cast<std::int64_t>(kind.parts.size());
    std::vector<at::Tensor> found;
    for (const std::string_view part : kind.parts)
        found.push_back(own.tensor(std::string(part) + ".weight", {kind.out / parts, kind.in}));
    return parts == 1 ? found.front() : at::cat(found);
}

std::vector<Linear> load(const Place& block, const Kind& kind, const ExpertShape& shape) {
    const at::Tensor all =
        block.weights.is_gguf() ? of_all_in_gguf(block, kind, shape.count) : of_all(block, kind, shape.count);
    const at::Tensor biases =
        shape.bias ? block.weights.tensor(
            named(block.weights.dialect().experts->container, kind.module, "_bias"), {shape.count, kind.out})
                   : at::Tensor();
    std::vector<Linear> linears;
    for (std::int64_t i = 0; i < shape.count; ++i)
        linears.emplace_back(all.defined() ? all.select(0, i) : of_one(block, kind, i),
            shape.bias ? biases.select(0, i) : at::Tensor());
    return linears;
}

} // namespace

ExpertLinears load_experts(const Place& block, const ExpertShape& shape) {
    const ExpertDialect& names = *block.weights.dialect().experts;
    const Kind gate_up{
        "gate_up_proj", names.all_gate_up, {names.gate, names.up}, 2 * shape.inner, shape.width};
    const Kind down{"down_proj", names.all_down, {names.down}, shape.width, shape.inner};
    return {load(block, gate_up, shape), load(block, down, shape)};
}

} // namespace lora
