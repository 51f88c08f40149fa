#include "engine/adapters/merge.h"

#include "engine/adapters/base_tensors.h"
#include "engine/adapters/expert_tensors.h"
#include "engine/adapters/grown_tables.h"
#include "engine/adapters/head_files.h"
#include "engine/adapters/merged_files.h"
#include "engine/adapters/merged_weight.h"
#include "engine/adapters/token_files.h"
#include "engine/architectures/catalog.h"
#include "engine/checkpoints/experts.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"
#include "engine/files/new_folder.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

at::Tensor merged(
    const BaseTensor& tensor, const LowRank& update, bool cut_to_weight, const Dialect& dialect) {
    const at::Tensor weight = tensor.read();
    if (weight.dim() != 2 || !is_transposed(tensor.name, dialect))
        return merged_weight(weight, update, cut_to_weight, tensor.name);
    return merged_weight(weight.t(), update, cut_to_weight, tensor.name).t().contiguous();
}

// The part of an expert's update that changes these rows of its weight.
at::Tensor merged_rows(
    const at::Tensor& weight, std::int64_t begin, const TargetUpdate& target, bool cut_to_weight) {
    LowRank update = target.update;
    const std::int64_t rows = weight.size(0);
    if (begin + rows > update.B.size(0))
        fail(shown(target.path), std::to_string(update.B.size(0)) + " rows of lora_B",
            "at least " + std::to_string(begin + rows));
    update.B = update.B.narrow(0, begin, rows);
    if (update.magnitude.defined()) update.magnitude = update.magnitude.narrow(0, begin, rows);
    return merged_weight(weight, update, cut_to_weight, target.path);
}

// Puts each update into the reading of its tensor.
void change(std::vector<BaseTensor>& tensors, const Adapter& adapter, const std::string& model,
    const Dialect& dialect) {
    std::string problems;
    const bool cut = adapter.vera && !adapter.vera->knows_widths();
    for (const TargetUpdate& target : adapter.targets) {
        const std::string name = target.path + ".weight";
        if (expert_path(target.path)) {
            if (!change_expert(
                    tensors, name, dialect, [target, cut](const at::Tensor& rows, std::int64_t begin) {
                        return merged_rows(rows, begin, target, cut);
                    }))
                problems += "\n  " + shown(target.path) + " in numbers of 16 or 32 bits";
            continue;
        }
        const auto found = find_tensor(tensors, name, dialect);
        if (found == tensors.end())
            problems += "\n  " + shown(target.path);
        else
            found->read = [base = *found, update = target.update, cut, dialect] {
                return merged(base, update, cut, dialect);
            };
    }
    if (!problems.empty())
        throw Error(model + ": the adapter does not fit this model, which lacks" + problems);
}

bool is_quantized(const Weights& base, const std::string& name) {
    if (!base.is_gguf()) return false;
    const GgufTensor* const tensor =
        base.gguf().find(gguf_name(name_of_all(name, base.dialect()), base.dialect()));
    return tensor != nullptr && layout(tensor->type).values > 1;
}

// What was quantized is written in bfloat16, which keeps more than the blocks did. Whether there is any.
bool narrow_quantized(std::vector<BaseTensor>& tensors, const Weights& base) {
    bool any = false;
    for (BaseTensor& tensor : tensors) {
        if (!is_quantized(base, tensor.name)) continue;
        any = true;
        tensor.bytes /= 2;
        tensor.read = [read = tensor.read] { return read().to(at::kBFloat16); };
    }
    return any;
}

} // namespace

MergedModel merge(const std::string& model, const Adapter& adapter, const std::string& folder,
    std::int64_t shard_bytes, const LoadProgress& progress, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    need_new_or_empty(folder);
    Weights base = open_weights(model);
    base.prepare(at::kCPU, at::kFloat, {}, {});
    std::vector<BaseTensor> tensors = base_tensors(base);

    const Dialect& dialect = base.dialect();
    Json changes = Json::object();
    if (adapter.head) {
        tensors = with_head(std::move(tensors), *adapter.head, base);
        changes = config_with_head(*adapter.head, base);
    }
    const std::string head(dialect.head), head_weight = head + ".weight";
    const auto named = [](std::string_view name) {
        return [name](const BaseTensor& one) { return one.name == name; };
    };
    const bool changes_head = std::any_of(adapter.targets.begin(), adapter.targets.end(),
        [&](const TargetUpdate& target) { return target.path == head; });
    const auto shared = find_tensor(tensors, std::string(dialect.embedding), dialect);
    const bool untied = changes_head && shared != tensors.end()
                        && std::none_of(tensors.begin(), tensors.end(), named(head_weight));
    if (untied) {
        BaseTensor own = *shared;
        own.name = head_weight;
        tensors.push_back(std::move(own));
        changes["tie_word_embeddings"] = false;
    }
    change(tensors, adapter, model, dialect);
    if (adapter.tokens) put_rows(tensors, *adapter.tokens, base, changes);
    if (narrow_quantized(tensors, base)) changes["torch_dtype"] = "bfloat16";

    MergedModel result{.path = folder};
    if (untied)
        result.notes.emplace_back(
            "The head was tied to the embedding; it has its own weight now, since the adapter changes it.");
    result.bytes = total_bytes(tensors);
    StagedFolder staged(folder);
    const bool new_tokens = adapter.tokens && !adapter.tokens->added.empty();
    result.files = write_model_files(staged, base, changes, result.notes,
        new_tokens ? tokenizer_files_with(model, adapter.tokens->added) : FilesByName());
    for (std::string& file : write_shards(staged, std::move(tensors), shard_bytes, progress, stop))
        result.files.push_back(std::move(file));
    need_unchanged_files();
    staged.commit();
    return result;
}

} // namespace lora
