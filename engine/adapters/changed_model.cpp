#include "engine/adapters/changed_model.h"

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/expert_tensors.h"
#include "engine/adapters/head_files.h"
#include "engine/adapters/merged_files.h"
#include "engine/architectures/catalog.h"
#include "engine/error.h"

#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

BaseTensor with_values(std::string name, const at::Tensor& tensor) {
    return {std::move(name), static_cast<std::int64_t>(tensor.nbytes()), [tensor] { return tensor.cpu(); }};
}

Json config_changes(
    const Weights& base, const std::vector<NamedTensor>& changed, const std::optional<ClassifierHead>& head) {
    Json changes = head ? config_with_head(*head, base) : Json::object();
    // A library that follows this field would round what was trained in float32.
    if (!changed.empty() && changed.front().tensor.scalar_type() == at::kFloat)
        changes[base.config().contains("dtype") ? "dtype" : "torch_dtype"] = "float32";
    return changes;
}

} // namespace

void write_changed_model(StagedFolder& staged, const std::string& model,
    const std::vector<NamedTensor>& changed, const std::optional<ClassifierHead>& head,
    std::int64_t shard_bytes) {
    Weights base = open_weights(model);
    base.prepare(at::kCPU, at::kFloat, {}, {});
    std::vector<BaseTensor> tensors = base_tensors(base);
    for (const auto& [path, tensor] : changed) {
        const auto rows_of = [values = tensor](const at::Tensor& rows, std::int64_t begin) {
            return values.narrow(0, begin, rows.size(0));
        };
        if (change_expert(tensors, path, base.dialect(), rows_of, tensor.scalar_type())) continue;
        const auto found = find_tensor(tensors, path, base.dialect());
        if (found == tensors.end())
            fail(model, "no tensor '" + shown(path) + "'", "the model that was trained");
        const bool turned = tensor.dim() == 2 && is_transposed(path, base.dialect());
        *found = with_values(found->name, turned ? tensor.t().contiguous() : tensor);
    }
    if (head) tensors = with_head(std::move(tensors), *head, base);
    std::vector<std::string> notes;
    write_model_files(staged, base, config_changes(base, changed, head), notes);
    write_shards(staged, std::move(tensors), shard_bytes);
}

} // namespace lora
