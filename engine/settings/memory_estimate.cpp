#include "engine/settings/memory_estimate.h"

#include "engine/files/scaled_rows.h"
#include "engine/targets/targets.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace lora {

namespace {

// Resident pages of the program, LibTorch and its threads' buffers once a step was done, measured on SmolLM2.
constexpr std::int64_t process_bytes = 160'000'000;

// The heap is larger than what is kept in it: room that passing tensors leave between kept ones is often too
// small for the next. Measured: a fifth to a quarter.
constexpr double heap_share = 1.25;

// On the CPU: pieces that were freed at one length and are too small for the next. Measured: 86 to 130 MB,
// with 100 MB of activations as with 1.3 GB.
constexpr std::int64_t most_gaps = 100'000'000;

// Plain operators keep about twice as many values of a block as the fused ones. Measured on SmolLM2.
constexpr std::int64_t plain_times = 2;

// As in the loss: rows whose logits exist at once.
constexpr std::int64_t chunk_rows = 256;

std::int64_t widest(const ModelSummary& model) {
    std::int64_t width = model.hidden_size;
    for (const LinearInfo& linear : model.linears)
        if (linear.layer >= 0) width = std::max({width, linear.in, linear.out});
    return width;
}

// Whether something keeps the blocks from running fused.
bool runs_plain(const RunSettings& settings) {
    return !sheet_of(settings.method).runs_fused || settings.lora.dropout > 0;
}

// Of all blocks. A model that does not tell what it keeps keeps each linear's input and output.
std::int64_t kept_values(const ModelSummary& model, const RunSettings& settings) {
    std::int64_t values = runs_plain(settings) ? plain_times * model.kept_values : model.kept_values;
    if (values == 0)
        for (const LinearInfo& linear : model.linears)
            if (linear.layer >= 0) values += linear.in + linear.out;
    // Every block's input, unless it waits elsewhere, and all of the one that runs again.
    const std::int64_t inputs = settings.training.activation_offload ? 1 : model.layers;
    if (settings.training.gradient_checkpointing && model.layers > 0)
        return inputs * model.hidden_size + values / model.layers;
    return values;
}

// Bytes a token of what a method's backward needs of each target, its output in float32.
std::int64_t kept_outputs(const ModelSummary& model, const RunSettings& settings) {
    if (!sheet_of(settings.method).keeps_outputs) return 0;
    std::int64_t bytes = 0;
    for (const std::string& path : select_targets(model.linears, settings.lora.selection))
        for (const LinearInfo& linear : model.linears)
            if (linear.path == path) bytes += 4 * linear.out;
    return settings.training.gradient_checkpointing && model.layers > 0 ? bytes / model.layers : bytes;
}

// What the blocks' linears become where they are quantized as the model opens; none: nothing is.
std::optional<BlockType> made_type(QuantizedWeights quantized) {
    if (quantized == QuantizedWeights::Nf4) return BlockType::NF4;
    if (quantized == QuantizedWeights::Int8) return BlockType::Int8;
    return std::nullopt;
}

// Of what is quantized as the model opens: values, and the bytes that they take.
std::pair<std::int64_t, std::int64_t> made_of(const ModelSummary& model, QuantizedWeights quantized) {
    std::pair<std::int64_t, std::int64_t> sum;
    const std::optional<BlockType> type = made_type(quantized);
    // A file that is quantized has its linears packed already.
    if (!type || model.packable_values > 0) return sum;
    for (const LinearInfo& linear : model.linears) {
        if (linear.layer < 0 || !fits_scaled(*type, linear.in)) continue;
        sum.first += linear.out * linear.in;
        sum.second += linear.out * scaled_row_bytes(*type, linear.in);
    }
    return sum;
}

// Whether weights are unpacked inside products.
bool has_packed(const ModelSummary& model, const RunSettings& settings) {
    if (settings.quantized == QuantizedWeights::Unpacked || model.device.starts_with("cuda")) return false;
    return model.packable_values > 0 || made_of(model, settings.quantized).first > 0;
}

// A GGUF file's head, or the embedding in its place, is packed like all else; bitsandbytes leaves it.
bool has_packed_head(const ModelSummary& model) { return model.format.starts_with("GGUF"); }

// What is unpacked at a time, in float32: a tile of a weight, or enough columns of the head for a product.
std::int64_t tile_bytes(const ModelSummary& model, const RunSettings& settings) {
    if (!has_packed(model, settings)) return 0;
    const std::int64_t widest_one = has_packed_head(model) ? model.vocab_size : widest(model);
    return 4 * std::max(std::int64_t{2'000'000}, 128 * widest_one);
}

// What LibTorch's float32 products keep beside the bfloat16 values: copies of both sides, or the logits where
// the head is unpacked a tile at a time, and of the widest product of a block.
std::int64_t float_copies(const ModelSummary& model, const RunSettings& settings, std::int64_t tokens) {
    const std::int64_t head = has_packed(model, settings) && has_packed_head(model)
                                  ? 2 * std::min(tokens, chunk_rows) * model.vocab_size
                                  : model.vocab_size * model.hidden_size;
    return 4 * (head + tokens * (2 * widest(model) + 4 * model.hidden_size));
}

} // namespace

std::int64_t largest_micro_batch(
    const DatasetSummary& data, std::int64_t max_length, const TrainingSettings& training) {
    if (data.lengths.empty()) return 0;
    double sum = 0, squares = 0;
    std::int64_t all = 0;
    for (const auto& [length, rows] : data.lengths) {
        const auto tokens = static_cast<double>(std::min(length, max_length));
        sum += tokens * static_cast<double>(rows);
        squares += tokens * tokens * static_cast<double>(rows);
        all += rows;
    }
    const auto count = static_cast<double>(all);
    const double mean = sum / count;
    const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    // An epoch's last batch ends with the samples, and so does one that is larger than they are.
    const std::int64_t batch = std::min(training.batch, all);
    const std::int64_t micro_batches = std::max<std::int64_t>(1, std::min(training.accumulate, batch));
    const std::int64_t micro_batch = (batch + micro_batches - 1) / micro_batches;
    // A pack has the longest length at most, and hardly less.
    if (data.packing.packs > 0)
        return std::min(
            std::min(micro_batch, data.packing.packs) * max_length, static_cast<std::int64_t>(sum));
    const auto samples = static_cast<double>(micro_batch);
    const auto longest = static_cast<double>(std::min(data.lengths.rbegin()->first, max_length));
    const double likely = std::min(samples * longest, samples * mean + 2.5 * deviation * std::sqrt(samples));
    return std::llround(std::min(likely, sum));
}

// A text's last piece, which is shorter, changes nothing.
bool lengths_vary(const DatasetSummary& data, std::int64_t max_length) {
    if (data.packing.packs > 0) return false;
    std::int64_t all = 0, most = 0, cut = 0;
    for (const auto& [length, rows] : data.lengths) {
        all += rows;
        if (length >= max_length) cut += rows;
        most = std::max({most, rows, cut});
    }
    return 20 * (all - most) > all;
}

std::int64_t weight_bytes(
    const ModelSummary& model, QuantizedWeights quantized, std::int64_t value, bool on_gpu) {
    if (quantized == QuantizedWeights::Unpacked || on_gpu) return model.parameters * value;
    const auto [values, bytes] = made_of(model, quantized);
    return model.packable_bytes + bytes + (model.parameters - model.packable_values - values) * value;
}

MemoryEstimate estimate_memory(const ModelSummary& model, const Savings& savings, std::size_t linears,
    const RunSettings& settings, std::int64_t tokens, bool multiplies_bfloat16, bool vary) {
    const bool half = settings.dtype == NumberType::BFloat16, on_gpu = model.device.starts_with("cuda");
    const std::int64_t value = half ? 2 : 4;
    MemoryEstimate estimate;
    estimate.process = on_gpu ? 0 : process_bytes;
    estimate.weights = weight_bytes(model, settings.quantized, value, on_gpu);
    estimate.adapter = savings.training_bytes - savings.optimizer_bytes;
    // Beside the float32 masters: what they are rounded to for the model, and its gradients.
    if (sheet_of(settings.method).has_masters && half) estimate.adapter += 2 * value * savings.trainable;
    estimate.optimizer = savings.optimizer_bytes;
    // Of each update the inner product A·x is kept, in float32.
    const std::int64_t inner = static_cast<std::int64_t>(linears) * settings.lora.rank * 4;
    const std::int64_t kept =
        tokens * (kept_values(model, settings) * value + inner + kept_outputs(model, settings));
    estimate.activations = std::llround(heap_share * static_cast<double>(kept));
    if (vary && !on_gpu) estimate.activations += std::min(kept, most_gaps);
    const std::int64_t head =
        value * (std::min(tokens, chunk_rows) * model.vocab_size + 2 * tokens * model.hidden_size);
    const std::int64_t block = value * tokens * (widest(model) + 4 * model.hidden_size);
    estimate.work = std::max(head, block) + tile_bytes(model, settings);
    if (half && !on_gpu && !multiplies_bfloat16) estimate.work += float_copies(model, settings, tokens);
    return estimate;
}

} // namespace lora
