#include "engine/models/gated_delta_rule.h"

#include "engine/models/padding.h"
#include "engine/models/pass.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::int64_t most_tokens = 64; // of a chunk

/// Where tokens lie in chunks: all samples' first ones, the longest sample's in front, then all second ones
/// of the samples that are so long, and so on. Every step of the rule finds its chunks side by side.
struct Chunks {
    std::int64_t size = 0;                ///< tokens of a chunk, C
    std::vector<std::int64_t> of_step;    ///< chunks, M = Σ of_step
    std::vector<std::int64_t> to, filled; ///< of each place its row, behind a sample's end the last; 1 or 0
    std::vector<std::int64_t> from;       ///< of each row its place
};

/// The samples by length, the longest first, and the row at which each begins.
struct Sorted {
    std::vector<std::size_t> samples;
    std::vector<std::int64_t> starts;
};

Sorted sorted(const std::vector<std::int64_t>& lengths) {
    Sorted found{std::vector<std::size_t>(lengths.size()), std::vector<std::int64_t>(lengths.size())};
    std::iota(found.samples.begin(), found.samples.end(), std::size_t{0});
    std::stable_sort(found.samples.begin(), found.samples.end(),
        [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
    std::exclusive_scan(lengths.begin(), lengths.end(), found.starts.begin(), std::int64_t{0});
    return found;
}

Chunks chunks_of(const std::vector<std::int64_t>& lengths) {
    const Sorted order = sorted(lengths);
    const std::int64_t longest = lengths[order.samples.front()];
    Chunks chunks;
    chunks.size = std::min(most_tokens, longest);
    chunks.from.resize(static_cast<std::size_t>(std::reduce(lengths.begin(), lengths.end())));
    for (std::int64_t begin = 0; begin < longest; begin += chunks.size) {
        chunks.of_step.push_back(0);
        for (const std::size_t sample : order.samples) {
            if (lengths[sample] <= begin) break;
            ++chunks.of_step.back();
            for (std::int64_t token = begin; token < begin + chunks.size; ++token) {
                const bool there = token < lengths[sample];
                const std::int64_t row = order.starts[sample] + std::min(token, lengths[sample] - 1);
                if (there)
                    chunks.from[static_cast<std::size_t>(row)] = static_cast<std::int64_t>(chunks.to.size());
                chunks.to.push_back(row);
                chunks.filled.push_back(there ? 1 : 0);
            }
        }
    }
    return chunks;
}

/// Rows in chunks and back, on the device of the rows.
class Layout {
public:
    Layout(const Chunks& chunks, const at::Tensor& like)
        : size_(chunks.size), to_(indices(chunks.to, like.device())),
          from_(indices(chunks.from, like.device())), filled_(indices(chunks.filled, like.device())) {}

    // [N, H, E] → [M, H, C, E]
    at::Tensor in_chunks(const at::Tensor& rows) const {
        return with_padding(rows, to_, from_).unflatten(0, {-1, size_}).transpose(1, 2).contiguous();
    }
    // [N, H] → [M, H, C], zero behind a sample's end: there nothing fades and nothing is replaced.
    at::Tensor filled_in_chunks(const at::Tensor& rows) const {
        return (with_padding(rows, to_, from_) * filled_.unsqueeze(1))
            .unflatten(0, {-1, size_})
            .transpose(1, 2)
            .contiguous();
    }
    // [M, H, C, V] → [N, H, V]
    at::Tensor in_rows(const at::Tensor& chunks) const {
        return without_padding(chunks.transpose(1, 2).flatten(0, 1), from_);
    }

private:
    std::int64_t size_;
    at::Tensor to_, from_, filled_;
};

// Brought to length 1, as the published kernels do it.
at::Tensor unit(const at::Tensor& x) {
    constexpr double least = 1e-6; // of a sum of squares
    return x * ((x * x).sum(-1, /*keepdim=*/true) + least).rsqrt();
}

// [M, K, C, E] → [M, H, C, E]
at::Tensor for_all_heads(const at::Tensor& x, std::int64_t heads) {
    return x.size(1) == heads ? x : x.repeat_interleave(heads / x.size(1), 1);
}

/// All chunks at once, as far as no chunk needs the one before it: [M, H, C, …].
struct Prepared {
    at::Tensor changes;     ///< what tokens would put into an empty memory, [·, V]
    at::Tensor old_keys;    ///< how they take back what the memory has said, [·, E]
    at::Tensor seen;        ///< how a query reads the changes of its chunk, [·, C]
    at::Tensor queries;     ///< reading the memory from before the chunk, [·, E]
    at::Tensor keys;        ///< of the changes in the memory behind the chunk, [·, E]
    at::Tensor whole_decay; ///< over a chunk, [M, H, 1, 1]
};

Prepared prepare(const DeltaRule& rule, const Layout& layout) {
    const at::ScalarType type = at::promoteTypes(rule.values.scalar_type(), at::kFloat);
    const std::int64_t heads = rule.values.size(1), value_size = rule.values.size(2),
                       key_size = rule.keys.size(2);
    const at::Tensor queries = for_all_heads(
        layout.in_chunks(unit(rule.queries.to(type)) / std::sqrt(static_cast<double>(key_size))), heads);
    const at::Tensor keys = for_all_heads(layout.in_chunks(unit(rule.keys.to(type))), heads);
    const at::Tensor rate = layout.filled_in_chunks(rule.rate.to(type)).unsqueeze(-1);
    const at::Tensor faded = layout.filled_in_chunks(rule.decay.to(type)).cumsum(-1); // since the beginning
    const at::Tensor between = (faded.unsqueeze(-1) - faded.unsqueeze(-2)).tril().exp().tril();
    const at::Tensor rated_keys = keys * rate, left = faded.exp().unsqueeze(-1);
    // Each token takes back what the changes before it say of its key: a system with ones on its diagonal.
    const at::Tensor system = rated_keys.matmul(keys.transpose(-2, -1)) * between;
    const at::Tensor wanted = at::cat({layout.in_chunks(rule.values.to(type)) * rate, rated_keys * left}, -1);
    const at::Tensor solved =
        at::linalg_solve_triangular(system, wanted, /*upper=*/false, /*left=*/true, /*unitriangular=*/true);
    const at::Tensor last = faded.narrow(-1, faded.size(-1) - 1, 1);
    return {.changes = solved.narrow(-1, 0, value_size),
        .old_keys = solved.narrow(-1, value_size, key_size),
        .seen = queries.matmul(keys.transpose(-2, -1)) * between,
        .queries = queries * left,
        .keys = keys * (last - faded).exp().unsqueeze(-1),
        .whole_decay = last.exp().unsqueeze(-1)};
}

// The chunks of every step, one step after the other. `memory` [B, H, E, V] or undefined, samples in their
// order; becomes what the last step leaves, of the samples that it has.
at::Tensor run(const Prepared& all, const std::vector<std::int64_t>& of_step, at::Tensor& memory) {
    std::vector<at::Tensor> read;
    std::int64_t first = 0;
    for (const std::int64_t count : of_step) {
        const auto step = [&](const at::Tensor& tensor) { return tensor.narrow(0, first, count); };
        at::Tensor changes = step(all.changes), y, kept;
        if (memory.defined()) {
            const at::Tensor before = memory.narrow(0, 0, count);
            changes = changes - step(all.old_keys).matmul(before);
            y = step(all.queries).matmul(before);
            kept = before * step(all.whole_decay);
        }
        const at::Tensor own = step(all.seen).matmul(changes);
        const at::Tensor added = step(all.keys).transpose(-2, -1).matmul(changes);
        read.push_back(y.defined() ? y + own : own);
        memory = kept.defined() ? kept + added : added;
        first += count;
    }
    return at::cat(read);
}

// A recording on a GPU would not follow the lengths that the host knows: there they come from the device,
// which no recording can wait for.
std::vector<std::int64_t> known_lengths(const PackedTokens& tokens) {
    if (!tokens.starts.is_cuda()) return tokens.lengths;
    const at::Tensor lengths = tokens.starts.diff().to(at::kCPU, at::kLong);
    const std::int64_t* values = lengths.const_data_ptr<std::int64_t>();
    return {values, values + lengths.numel()};
}

} // namespace

at::Tensor gated_delta_rule(const DeltaRule& rule, const PackedTokens& tokens) {
    const Chunks chunks = chunks_of(known_lengths(tokens));
    const Layout layout(chunks, rule.values);
    at::Tensor memory;
    return layout.in_rows(run(prepare(rule, layout), chunks.of_step, memory));
}

at::Tensor continued_delta_rule(const DeltaRule& rule, at::Tensor& memory) {
    const Chunks chunks = chunks_of({rule.values.size(0)});
    const Layout layout(chunks, rule.values);
    at::Tensor own = memory.defined() ? memory.unsqueeze(0) : memory;
    at::Tensor y = layout.in_rows(run(prepare(rule, layout), chunks.of_step, own));
    memory = own.squeeze(0);
    return y;
}

} // namespace lora
