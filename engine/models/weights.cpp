#include "engine/models/weights.h"

#include "engine/checkpoints/checkpoint_files.h"
#include "engine/checkpoints/gguf_fields.h"
#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/files/gguf.h"
#include "engine/files/safetensors.h"
#include "engine/models/gguf_tensors.h"
#include "engine/models/grouped_rows.h"
#include "engine/models/safetensors_tensors.h"
#include "engine/models/scaled_weights.h"

#include <algorithm>
#include <map>
#include <set>
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
    QuantizedTensors quantized;
    std::optional<BlockType> made; // what plain linears become
    std::int64_t made_linears = 0, left_plain = 0;
    LoadProgress progress;
    std::stop_token stop;
    std::int64_t done_bytes = 0;
    std::int64_t total_bytes = 0;
    std::int64_t left_out = 0;     // tensors of other parts than the text model
    std::set<std::string> useless; // names of the text model's
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
        quantized = QuantizedTensors(shards, config, files.config);
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

    auto view_of(const std::string& name) const {
        auto found = views.find(name);
        for (const std::string& other : other_names(name, family.dialect))
            if (found == views.end()) found = views.find(other);
        return found;
    }

    // The tensor as a checkpoint has it, in its row order; undefined if there is none.
    at::Tensor raw(const std::string& name, std::size_t& bytes) const {
        if (gguf) {
            const at::Tensor values = raw_of_gguf(gguf_name(name, family.dialect), bytes);
            return values.dim() == 2 && is_transposed(name, family.dialect) ? values.t() : values;
        }
        const auto found = view_of(name);
        if (found == views.end()) return {};
        const TensorView& view = *found->second.first;
        bytes = view.bytes.size();
        if (const QuantizedTensor* const weight = quantized.find(view.name))
            return device.is_meta() ? shape_alone(weight->shape, type) : unpacked_weight(*weight, type);
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

    // The same of a folder.
    const QuantizedTensor* packed_in_folder(
        const std::string& name, const std::vector<std::int64_t>& shape) const {
        if (!keep_packed || gguf || !(device.is_cpu() || device.is_meta())) return nullptr;
        const auto found = view_of(name);
        if (found == views.end()) return nullptr;
        const QuantizedTensor* const weight = quantized.find(found->second.first->name);
        return weight != nullptr && weight->row_type && weight->shape == shape ? weight : nullptr;
    }

    // A linear's weight as quantize_linears() wants it. The head, and what else is outside the blocks, is not
    // a matter of it, nor is what is packed already.
    FrozenWeight quantized_linear(FrozenWeight weight, const std::string& name) {
        const bool inside = name.starts_with(family.dialect.blocks);
        if (!made || !inside || weight.is_packed() || !problems.empty()) return weight;
        if (!fits_scaled(*made, weight.columns())) {
            ++left_plain;
            return weight;
        }
        ++made_linears;
        return FrozenWeight(
            {quantized_rows(weight.plain, *made, files.path + ": tensor '" + name + "'")}, type);
    }

    // GGUF leaves the middle dimension of a convolution out that takes each channel by itself.
    at::Tensor in_shape(const at::Tensor& values, const std::vector<std::int64_t>& shape) const {
        const bool flat = gguf && shape.size() == 3 && shape[1] == 1 && values.dim() == 2;
        return flat ? values.unsqueeze(1) : values;
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
const QuantizedTensors& Weights::quantized_tensors() const { return source_->quantized; }

std::string Weights::format() const {
    std::string made;
    if (source_->made_linears > 0)
        made = ", linears made " + std::string(layout(*source_->made).name)
               + (source_->left_plain > 0 ? " but for " + std::to_string(source_->left_plain)
                                                + ", whose rows are no multiples of 64"
                                          : "");
    if (!source_->useless.empty())
        made += ", " + std::to_string(source_->useless.size()) + " tensors that no layer uses are left out";
    if (!is_gguf() && source_->left_out > 0)
        return "safetensors" + source_->quantized.words() + made + ", the text model alone: "
               + std::to_string(source_->left_out) + " tensors of other parts are left out";
    if (!is_gguf()) return "safetensors" + source_->quantized.words() + made;
    std::map<BlockType, std::size_t> bytes;
    for (const auto& tensor : source_->gguf->tensors())
        if (tensor.name.starts_with("blk.")) bytes[tensor.type] += tensor.bytes.size();
    const auto most = std::max_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return "GGUF" + (most == bytes.end() ? std::string() : " " + std::string(layout(most->first).name))
           + made;
}

void Weights::prepare(
    at::Device device, at::ScalarType type, LoadProgress progress, std::stop_token stop, bool keep_packed) {
    source_->keep_packed = keep_packed;
    source_->device = device;
    source_->type = type;
    source_->progress = std::move(progress);
    source_->stop = std::move(stop);
}

void Weights::quantize_linears(BlockType type) { source_->made = type; }

Weights::Quantized Weights::quantized() const {
    Quantized all;
    for (const auto& [name, weight] : source_->quantized.all()) {
        if (!weight.row_type) continue;
        all.values += weight.shape[0] * weight.shape[1];
        all.bytes += weight.shape[0] * scaled_row_bytes(*weight.row_type, weight.shape[1]);
    }
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
    at::Tensor values = source_->raw(prefix_ + name, bytes);
    if (!values.defined()) return {};
    values = source_->in_shape(values, shape);
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
    at::Tensor values = source_->raw(prefix_ + name, bytes);
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

void Weights::leave_out(const std::string& name) const {
    const bool there = is_gguf() ? gguf().find(gguf_name(prefix_ + name, dialect())) != nullptr
                                 : source_->view_of(prefix_ + name) != source_->views.end();
    if (there) source_->useless.insert(prefix_ + name);
}

at::Tensor Weights::filled(const std::vector<std::int64_t>& shape, double value) const {
    return at::full(shape, value, at::TensorOptions(source_->type).device(source_->device));
}

FrozenWeight Weights::matrix(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const GgufTensor* const found = source_->packed(prefix_ + name, shape);
    const QuantizedTensor* const own = source_->packed_in_folder(prefix_ + name, shape);
    if (found == nullptr && own == nullptr) return tensor(name, shape);
    if (source_->stop.stop_requested()) throw Error("the load was stopped");
    if (own != nullptr) {
        source_->tell(static_cast<std::size_t>(own->bytes()));
        return FrozenWeight({rows_of_checkpoint(*own, source_->device)}, source_->type);
    }
    PackedRows rows = packed_rows(*found, source_->gguf, source_->device);
    rows.bytes = source_->in_order(rows.bytes, gguf_name(prefix_ + name, dialect())).contiguous();
    source_->tell(found->bytes.size());
    return FrozenWeight({std::move(rows)}, source_->type);
}

Linear Weights::linear(const std::string& name, std::int64_t in, std::int64_t out, bool bias) const {
    const bool turned = is_transposed(prefix_ + name, dialect());
    FrozenWeight weight = turned ? FrozenWeight(tensor(name + ".weight", {in, out}).t().contiguous())
                                 : matrix(name + ".weight", {out, in});
    weight = source_->quantized_linear(std::move(weight), prefix_ + name + ".weight");
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
