#include "engine/adapters/merge.h"

#include "engine/adapters/merged_files.h"
#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/safetensors.h"
#include "engine/models/checkpoint_files.h"
#include "engine/models/gguf_names.h"
#include "engine/models/safetensors_tensors.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr const char *embedding_weight = "model.embed_tokens.weight", *head_weight = "lm_head.weight";

/// A tensor of the base that is read when its turn comes.
struct BaseTensor {
    std::string name;
    std::int64_t bytes = 0; ///< as it will be written
    std::function<at::Tensor()> read;
};

std::vector<BaseTensor> tensors_of_folder(const std::string& model) {
    std::vector<BaseTensor> tensors;
    for (const std::string& shard : find_checkpoint(model).shards) {
        const auto file = std::make_shared<const SafetensorsFile>(shard);
        for (const TensorView& view : file->tensors())
            tensors.push_back({view.name, static_cast<std::int64_t>(view.bytes.size()),
                [file, &view] { return owned_tensor(view); }});
    }
    return tensors;
}

std::vector<BaseTensor> tensors_of_gguf(const Weights& base) {
    std::vector<BaseTensor> tensors;
    for (const GgufTensor& tensor : base.gguf().tensors()) {
        const std::string name = checkpoint_name(tensor.name);
        if (name.empty())
            fail(base.path() + ": tensor '" + shown(tensor.name) + "'", "no place for it in a checkpoint",
                "the tensors of a plain Llama", "merge into the model's Hugging Face folder instead");
        const auto bytes = checked_size(tensor.shape, sizeof(float));
        tensors.push_back({name, static_cast<std::int64_t>(bytes.value_or(0)),
            [base, name, shape = tensor.shape] { return base.tensor(name, shape); }});
    }
    return tensors;
}

// The update of each tensor that has one. A checkpoint may leave out the first part of the model's paths.
std::map<std::string, const LowRank*> updates_by_tensor(
    const Adapter& adapter, const std::vector<BaseTensor>& tensors, const std::string& model) {
    std::map<std::string, const LowRank*> updates;
    std::string problems;
    const auto is_there = [&](const std::string& name) {
        return std::any_of(
            tensors.begin(), tensors.end(), [&](const BaseTensor& tensor) { return tensor.name == name; });
    };
    for (const auto& [path, alpha, update] : adapter.targets) {
        const std::string name = path + ".weight";
        const std::string inner = name.substr(name.find('.') + 1);
        if (is_there(name))
            updates.emplace(name, &update);
        else if (is_there(inner))
            updates.emplace(inner, &update);
        else
            problems += "\n  " + shown(path);
    }
    if (!problems.empty())
        throw Error(model + ": the adapter does not fit this model, which lacks" + problems);
    return updates;
}

// A classifier's head in place of the base's own, if it has one. What a bare encoder calls its tensors gets
// the prefix that they have beside a head.
std::vector<BaseTensor> with_head(std::vector<BaseTensor> tensors, const ClassifierHead& head) {
    const auto inside = [](const BaseTensor& tensor) { return tensor.name.starts_with("bert."); };
    const bool bare = std::none_of(tensors.begin(), tensors.end(), inside);
    std::erase_if(tensors, [](const BaseTensor& tensor) { return tensor.name.starts_with("classifier."); });
    for (BaseTensor& tensor : tensors)
        if (bare) tensor.name = "bert." + tensor.name;
    for (const auto& [name, values] :
        {std::pair{"classifier.weight", head.weight}, {"classifier.bias", head.bias}})
        tensors.push_back({name, static_cast<std::int64_t>(values.nbytes()),
            [values = values] { return values.to(at::kCPU).contiguous(); }});
    return tensors;
}

// What a configuration says of a model with this head.
Json config_with_head(const ClassifierHead& head) {
    Json names = Json::object(), numbers = Json::object();
    for (std::int64_t i = 0; i < head.weight.size(0); ++i) {
        const std::string number = std::to_string(i);
        const std::string name =
            head.labels.empty() ? "LABEL_" + number : head.labels[static_cast<std::size_t>(i)];
        names[number] = name;
        numbers[name] = i;
    }
    return {{"architectures", {"BertForSequenceClassification"}}, {"id2label", names}, {"label2id", numbers}};
}

at::Tensor merged(const BaseTensor& tensor, const LowRank& update) {
    const at::Tensor weight = tensor.read();
    const std::vector<std::int64_t> expected{update.B.size(0), update.A.size(1)};
    if (weight.sizes().vec() != expected)
        fail(shown(tensor.name), shape_text(weight.sizes()), shape_text(expected) + " as the adapter has it");
    const at::Tensor change = update.B.to(at::kCPU, at::kFloat).mm(update.A.to(at::kCPU, at::kFloat));
    return weight.to(at::kFloat).add(change, update.scale).to(weight.scalar_type());
}

std::vector<std::vector<BaseTensor>> in_shards(std::vector<BaseTensor> tensors, std::int64_t shard_bytes) {
    std::vector<std::vector<BaseTensor>> shards(1);
    std::int64_t filled = 0;
    for (BaseTensor& tensor : tensors) {
        if (filled > 0 && filled + tensor.bytes > shard_bytes) {
            shards.emplace_back();
            filled = 0;
        }
        filled += tensor.bytes;
        shards.back().push_back(std::move(tensor));
    }
    return shards;
}

std::string shard_name(std::size_t shard, std::size_t shards) {
    if (shards == 1) return "model.safetensors";
    char name[64];
    std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", shard + 1, shards);
    return name;
}

void need_new_or_empty(const std::string& folder) {
    std::error_code ignored;
    if (std::filesystem::exists(folder, ignored) && !std::filesystem::is_empty(folder, ignored))
        fail(folder, "something there already", "a new or empty folder");
}

} // namespace

MergedModel merge(const std::string& model, const Adapter& adapter, const std::string& folder,
    std::int64_t shard_bytes, const LoadProgress& progress, const std::stop_token& stop) {
    const c10::NoGradGuard no_gradient;
    need_new_or_empty(folder);
    Weights base = Weights::open(model);
    base.prepare(at::kCPU, at::kFloat, {}, {});
    std::vector<BaseTensor> tensors = base.is_gguf() ? tensors_of_gguf(base) : tensors_of_folder(model);

    Json changes = Json::object();
    if (adapter.head) {
        if (const std::string kind = base.config().value("model_type", ""); kind != "bert")
            fail(model, "a model of type '" + shown(kind) + "'", "bert, for an adapter with a classifier");
        tensors = with_head(std::move(tensors), *adapter.head);
        changes = config_with_head(*adapter.head);
    }
    const auto named = [](const char* name) { return [name](const auto& one) { return one.name == name; }; };
    const bool changes_head = std::any_of(adapter.targets.begin(), adapter.targets.end(),
        [](const TargetUpdate& target) { return target.path == "lm_head"; });
    const auto shared = std::find_if(tensors.begin(), tensors.end(), named(embedding_weight));
    const bool untied = changes_head && shared != tensors.end()
                        && std::none_of(tensors.begin(), tensors.end(), named(head_weight));
    if (untied) {
        BaseTensor own = *shared;
        own.name = head_weight;
        tensors.push_back(std::move(own));
        changes["tie_word_embeddings"] = false;
    }
    const auto updates = updates_by_tensor(adapter, tensors, model);

    MergedModel result{.folder = folder};
    if (untied)
        result.notes.emplace_back(
            "The head was tied to the embedding; it has its own weight now, since the adapter changes it.");
    for (const BaseTensor& tensor : tensors) result.bytes += tensor.bytes;
    StagedFolder staged(folder);
    result.files = write_model_files(staged, base, changes, result.notes);
    Json weight_map = Json::object();
    const auto shards = in_shards(std::move(tensors), shard_bytes);
    std::int64_t done = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        std::vector<NamedTensor> written;
        for (const BaseTensor& tensor : shards[i]) {
            if (stop.stop_requested()) throw Error("the merge was stopped");
            const auto found = updates.find(tensor.name);
            written.push_back(
                {tensor.name, found == updates.end() ? tensor.read() : merged(tensor, *found->second)});
            weight_map[tensor.name] = shard_name(i, shards.size());
            if (progress) progress(done += tensor.bytes, result.bytes);
        }
        result.files.push_back(shard_name(i, shards.size()));
        staged.write(result.files.back(), tensors_as_safetensors(written, {{"format", "pt"}}));
    }
    if (shards.size() > 1) {
        const Json index{{"metadata", {{"total_size", result.bytes}}}, {"weight_map", weight_map}};
        result.files.emplace_back("model.safetensors.index.json");
        staged.write(result.files.back(), index.dump(2) + "\n");
    }
    staged.commit();
    return result;
}

} // namespace lora
