#include "engine/models/weights.h"

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/checkpoints/gguf_fields.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/safetensors.h"
#include "engine/models/grouped_rows.h"
#include "engine/models/safetensors_tensors.h"

#include <algorithm>
#include <map>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace lora {

namespace {

std::string text(const std::vector<std::int64_t>& shape) {
    std::string words = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) words += (i ? ", " : "") + std::to_string(shape[i]);
    return words + "]";
}

// A tensor over the mapping, which it keeps alive; a copy where the bytes are not aligned for the type. When
// the last that refers to it is gone, converted or joined with others, its pages go too.
at::Tensor mapped_tensor(const TensorView& view, std::shared_ptr<const SafetensorsFile> file) {
    const at::ScalarType type = scalar_type(view.type);
    const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
    if (address % size_bytes(view.type) != 0) return owned_tensor(view);
    // The mapping is read-only and weights are frozen: nothing writes through this pointer.
    void* data = const_cast<std::byte*>(view.bytes.data()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return at::from_blob(
        data, view.shape, [file = std::move(file), bytes = view.bytes](void*) { release_pages(bytes); },
        at::TensorOptions().dtype(type));
}

at::Tensor shape_alone(const std::vector<std::int64_t>& shape, at::ScalarType type) {
    return at::empty(shape, at::TensorOptions(type).device(at::kMeta));
}

// Unpacks some blocks at a time, which stay in the cache on their way to another type.
at::Tensor unpacked_tensor(const GgufTensor& tensor, at::ScalarType type) {
    constexpr std::int64_t values_at_once = 16384;
    at::Tensor values = at::empty(tensor.shape, type);
    const at::Tensor flat = values.view({-1});
    const BlockLayout block = layout(tensor.type);
    const std::int64_t blocks = std::max<std::int64_t>(1, values_at_once / block.values);
    const auto unpack = [&](std::int64_t first, std::int64_t count, float* out) {
        dequantize(tensor.type,
            tensor.bytes.subspan(static_cast<std::size_t>(first) * block.size_bytes,
                static_cast<std::size_t>(count) * block.size_bytes),
            {out, static_cast<std::size_t>(count * block.values)});
    };
    at::parallel_for(0, values.numel() / block.values, blocks, [&](std::int64_t begin, std::int64_t end) {
        if (type == at::kFloat)
            return unpack(begin, end - begin, values.mutable_data_ptr<float>() + begin * block.values);
        const at::Tensor some = at::empty({blocks * block.values}, at::kFloat);
        for (std::int64_t first = begin; first < end; first += blocks) {
            const std::int64_t count = std::min(blocks, end - first);
            unpack(first, count, some.mutable_data_ptr<float>());
            flat.narrow(0, first * block.values, count * block.values)
                .copy_(some.narrow(0, 0, count * block.values));
        }
    });
    release_pages(tensor.bytes);
    return values;
}

at::TensorOptions bytes_on(const at::Device& device) {
    return at::TensorOptions(at::kByte).device(device.is_meta() ? at::kMeta : at::kCPU);
}

/// The blocks of a matrix as they lie in the mapping, which they keep alive; shapes alone on the meta device.
PackedRows packed_rows(
    const GgufTensor& tensor, const std::shared_ptr<const GgufFile>& file, const at::Device& device) {
    const std::int64_t rows = tensor.shape[0];
    const std::vector<std::int64_t> shape{rows, static_cast<std::int64_t>(tensor.bytes.size()) / rows};
    if (device.is_meta()) return {tensor.type, at::empty(shape, bytes_on(device)), tensor.shape[1]};
    // The mapping is read-only and weights are frozen: nothing writes through this pointer.
    void* data = const_cast<std::byte*>(tensor.bytes.data()); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return {tensor.type,
        at::from_blob(
            data, shape, [file, bytes = tensor.bytes](void*) { release_pages(bytes); }, bytes_on(device)),
        tensor.shape[1]};
}

// Rows (head, pair, half) of the converter back to (head, half, pair).
at::Tensor halves_restored(const at::Tensor& rows, std::int64_t heads) {
    auto shape = rows.sizes().vec();
    std::vector<std::int64_t> split{heads, shape[0] / heads / 2, 2};
    split.insert(split.end(), shape.begin() + 1, shape.end());
    return rows.view(split).transpose(1, 2).reshape(shape);
}

} // namespace

struct Weights::Source {
    CheckpointFiles files;
    Json config;
    std::vector<std::shared_ptr<const SafetensorsFile>> shards;
    std::map<std::string, std::pair<const TensorView*, std::size_t>, std::less<>> views; // name → view, shard
    std::shared_ptr<const GgufFile> gguf;
    Family family;
    at::Device device = at::kCPU;
    at::ScalarType type = at::kFloat;
    bool keep_packed = false;
    LoadProgress progress;
    std::stop_token stop;
    std::int64_t done_bytes = 0;
    std::int64_t total_bytes = 0;
    std::int64_t left_out = 0; // tensors of other parts than the text model
    std::vector<std::string> problems;

    void open_shards(FindFamily find) {
        config = read_json(files.config);
        family = find(JsonFields(config, files.config).string("model_type"), /*in_gguf=*/false);
        if (family.dialect.add_usual_fields != nullptr) family.dialect.add_usual_fields(config);
        for (const auto& path : files.shards) {
            shards.push_back(std::make_shared<SafetensorsFile>(path));
            for (const auto& view : shards.back()->tensors()) {
                if (!views.emplace(view.name, std::pair{&view, shards.size() - 1}).second)
                    fail(path + ": tensor '" + shown(view.name) + "'", "a tensor that another shard has too",
                        "each once");
                total_bytes += static_cast<std::int64_t>(view.bytes.size());
                left_out += is_of_other_part(view.name, family.dialect) ? 1 : 0;
            }
        }
    }
    void open_gguf(FindFamily find) {
        gguf = std::make_shared<const GgufFile>(files.gguf);
        family = find(gguf->string("general.architecture"), /*in_gguf=*/true);
        if (family.dialect.gguf.architecture.empty())
            config["model_type"] = family.model_type;
        else
            config = gguf_config(*gguf, family.model_type, family.dialect);
        for (const auto& tensor : gguf->tensors())
            total_bytes += static_cast<std::int64_t>(tensor.bytes.size());
    }

    // The tensor as a checkpoint has it, in its row order; undefined if there is none.
    at::Tensor raw(const std::string& name, std::size_t& bytes) const {
        if (gguf) {
            const at::Tensor values = raw_of_gguf(gguf_name(name, family.dialect), bytes);
            return values.dim() == 2 && is_transposed(name, family.dialect) ? values.t() : values;
        }
        auto found = views.find(name);
        for (const std::string& other : other_names(name, family.dialect))
            if (found == views.end()) found = views.find(other);
        if (found == views.end()) return {};
        const TensorView& view = *found->second.first;
        bytes = view.bytes.size();
        if (device.is_meta()) return shape_alone(view.shape, scalar_type(view.type));
        return mapped_tensor(view, shards[found->second.second]);
    }

    at::Tensor raw_of_gguf(const std::string& name, std::size_t& bytes) const {
        const GgufTensor* tensor = gguf->find(name);
        if (tensor == nullptr) return {};
        bytes = tensor->bytes.size();
        const GgufDialect& words = family.dialect.gguf;
        const bool shifted = words.added_to_norms != 0 && name.ends_with("norm.weight");
        at::Tensor values = device.is_meta() ? shape_alone(tensor->shape, type)
                            : shifted        ? unpacked_tensor(*tensor, at::kFloat).sub_(words.added_to_norms)
                                             : unpacked_tensor(*tensor, type);
        return in_order(values, name);
    }

    // A tensor, or a matrix' rows of bytes, from the order of its rows in GGUF to a checkpoint's.
    at::Tensor in_order(const at::Tensor& values, const std::string& name) const {
        const auto count = config.value("num_attention_heads", std::int64_t{0});
        const auto kv_count = config.value("num_key_value_heads", std::int64_t{0});
        if (parts_groups(name, family.dialect) && rows_fit_groups(values.size(0), count, kv_count))
            return in_groups(values, 0, count, kv_count);
        const std::int64_t heads = interleaved_heads(name, count, kv_count, family.dialect);
        const bool splits = heads > 0 && values.dim() > 0 && values.size(0) % (2 * heads) == 0;
        return splits ? halves_restored(values, heads) : values;
    }

    // The quantized matrix of this name and shape, where it is to stay packed; null: it is not.
    const GgufTensor* packed(const std::string& name, const std::vector<std::int64_t>& shape) const {
        if (!keep_packed || !gguf || !(device.is_cpu() || device.is_meta())) return nullptr;
        const GgufTensor* tensor = gguf->find(gguf_name(name, family.dialect));
        const bool fits = tensor != nullptr && tensor->shape == shape && shape.size() == 2 && shape[0] > 0;
        return fits && layout(tensor->type).values > 1 && !is_transposed(name, family.dialect) ? tensor
                                                                                               : nullptr;
    }

    at::Tensor placed(const at::Tensor& values, std::size_t bytes) {
        at::Tensor tensor = values.to(device, type);
        tell(bytes);
        return tensor;
    }
    void tell(std::size_t bytes) {
        done_bytes += static_cast<std::int64_t>(bytes);
        if (progress) progress(done_bytes, total_bytes);
    }
};

Weights::Weights(std::shared_ptr<Source> source, std::string prefix)
    : source_(std::move(source)), prefix_(std::move(prefix)) {}

Weights Weights::open(const std::string& path, FindFamily find) {
    auto source = std::make_shared<Source>();
    source->files = find_checkpoint(path);
    if (source->files.gguf.empty())
        source->open_shards(find);
    else
        source->open_gguf(find);
    return Weights(std::move(source));
}

const Json& Weights::config() const { return source_->config; }
const std::string& Weights::config_file() const {
    return is_gguf() ? source_->files.gguf : source_->files.config;
}
const std::string& Weights::path() const { return source_->files.path; }
const Dialect& Weights::dialect() const { return source_->family.dialect; }
std::string Weights::path_of(const std::string& name) const { return prefix_ + name; }
bool Weights::is_gguf() const { return source_->gguf != nullptr; }
const GgufFile& Weights::gguf() const { return *source_->gguf; }

std::string Weights::format() const {
    if (!is_gguf() && source_->left_out > 0)
        return "safetensors, the text model alone: " + std::to_string(source_->left_out)
               + " tensors of other parts are left out";
    if (!is_gguf()) return "safetensors";
    std::map<BlockType, std::size_t> bytes;
    for (const auto& tensor : source_->gguf->tensors())
        if (tensor.name.starts_with("blk.")) bytes[tensor.type] += tensor.bytes.size();
    const auto most = std::max_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return "GGUF" + (most == bytes.end() ? std::string() : " " + std::string(layout(most->first).name));
}

void Weights::prepare(
    at::Device device, at::ScalarType type, LoadProgress progress, std::stop_token stop, bool keep_packed) {
    source_->keep_packed = keep_packed;
    source_->device = device;
    source_->type = type;
    source_->progress = std::move(progress);
    source_->stop = std::move(stop);
}

Weights::Quantized Weights::quantized() const {
    Quantized all;
    if (!is_gguf()) return all;
    for (const GgufTensor& tensor : source_->gguf->tensors()) {
        if (tensor.shape.size() != 2 || layout(tensor.type).values == 1) continue;
        if (is_transposed(checkpoint_name(tensor.name, dialect()), dialect())) continue;
        all.values += tensor.shape[0] * tensor.shape[1];
        all.bytes += static_cast<std::int64_t>(tensor.bytes.size());
    }
    return all;
}

Weights Weights::at(const std::string& name) const { return Weights(source_, prefix_ + name + "."); }

at::Tensor Weights::tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const std::size_t noted = source_->problems.size();
    at::Tensor tensor = optional_tensor(name, shape);
    if (!tensor.defined() && source_->problems.size() == noted)
        source_->problems.push_back(
            "tensor '" + prefix_ + name + "': found none, expected shape " + text(shape));
    return tensor.defined() ? tensor : at::zeros({1}, source_->type).expand(shape);
}

at::Tensor Weights::tensor_in_float(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const at::ScalarType others = std::exchange(source_->type, at::kFloat);
    at::Tensor tensor = this->tensor(name, shape);
    source_->type = others;
    return tensor;
}

at::Tensor Weights::optional_tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
    if (source_->stop.stop_requested()) throw Error("the load was stopped");
    std::size_t bytes = 0;
    const at::Tensor values = source_->raw(prefix_ + name, bytes);
    if (!values.defined()) return {};
    if (values.sizes().vec() != shape) {
        source_->problems.push_back("tensor '" + prefix_ + name + "': found shape "
                                    + text(values.sizes().vec()) + ", expected " + text(shape));
        return {};
    }
    if (!values.is_floating_point()) {
        source_->problems.push_back("tensor '" + prefix_ + name + "': found "
                                    + at::toString(values.scalar_type()) + ", expected a floating type");
        return {};
    }
    return source_->placed(values, bytes);
}

at::Tensor Weights::optional_bytes(const std::string& name, const std::vector<std::int64_t>& shape) const {
    if (source_->stop.stop_requested()) throw Error("the load was stopped");
    std::size_t bytes = 0;
    const at::Tensor values = source_->raw(prefix_ + name, bytes);
    if (!values.defined()) return {};
    if (values.scalar_type() != at::kByte || values.sizes().vec() != shape) {
        source_->problems.push_back("tensor '" + prefix_ + name + "': found "
                                    + at::toString(values.scalar_type()) + " " + text(values.sizes().vec())
                                    + ", expected bytes " + text(shape));
        return {};
    }
    source_->tell(bytes);
    return values;
}

at::Tensor Weights::filled(const std::vector<std::int64_t>& shape, double value) const {
    return at::full(shape, value, at::TensorOptions(source_->type).device(source_->device));
}

FrozenWeight Weights::matrix(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const GgufTensor* const found = source_->packed(prefix_ + name, shape);
    if (found == nullptr) return tensor(name, shape);
    if (source_->stop.stop_requested()) throw Error("the load was stopped");
    PackedRows rows = packed_rows(*found, source_->gguf, source_->device);
    rows.bytes = source_->in_order(rows.bytes, gguf_name(prefix_ + name, dialect())).contiguous();
    source_->tell(found->bytes.size());
    return FrozenWeight({std::move(rows)}, source_->type);
}

Linear Weights::linear(const std::string& name, std::int64_t in, std::int64_t out, bool bias) const {
    const bool turned = is_transposed(prefix_ + name, dialect());
    FrozenWeight weight = turned ? FrozenWeight(tensor(name + ".weight", {in, out}).t().contiguous())
                                 : matrix(name + ".weight", {out, in});
    return Linear(std::move(weight), bias ? tensor(name + ".bias", {out}) : at::Tensor());
}

void Weights::check() const {
    constexpr std::size_t limit = 12;
    const auto& problems = source_->problems;
    if (problems.empty()) return;
    std::string message = path() + ": the weights do not fit the model that " + config_file() + " describes:";
    for (std::size_t i = 0; i < std::min(limit, problems.size()); ++i) message += "\n  " + problems[i];
    if (problems.size() > limit) message += "\n  and " + std::to_string(problems.size() - limit) + " more";
    throw Error(message + "\nIs this the checkpoint of that configuration?");
}

} // namespace lora
