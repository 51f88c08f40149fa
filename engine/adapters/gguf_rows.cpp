#include "engine/adapters/gguf_rows.h"

#include "engine/checkpoints/gguf_names.h"
#include "engine/error.h"
#include "engine/models/grouped_rows.h"

#include <vector>

#include <ATen/ATen.h>

namespace lora {

namespace {

// Rows in groups to queries, keys and values apart, or back.
at::Tensor regrouped(
    const at::Tensor& tensor, const AttentionHeads& heads, bool back, const std::string& place) {
    if (!rows_fit_groups(tensor.size(0), heads.count, heads.kv_count))
        fail(place, std::to_string(tensor.size(0)) + " rows",
            "as many for each of " + std::to_string(heads.count) + " heads and "
                + std::to_string(heads.kv_count) + " keys and values");
    return back ? in_groups(tensor, 0, heads.count, heads.kv_count)
                : groups_apart(tensor, 0, heads.count, heads.kv_count);
}

// Rows (head, half, pair) to (head, pair, half), or back.
at::Tensor reordered(const at::Tensor& tensor, std::int64_t heads, bool back, const std::string& place) {
    if (heads == 0) return tensor;
    if (tensor.size(0) % (2 * heads) != 0)
        fail(place, std::to_string(tensor.size(0)) + " rows",
            "an even number for each of " + std::to_string(heads) + " heads");
    const std::int64_t pairs = tensor.size(0) / heads / 2;
    std::vector<std::int64_t> split{heads, back ? pairs : 2, back ? 2 : pairs};
    if (tensor.dim() == 2) split.push_back(tensor.size(1));
    return tensor.view(split).transpose(1, 2).reshape(tensor.sizes());
}

} // namespace

at::Tensor in_gguf_rows(const at::Tensor& tensor, const std::string& name, const AttentionHeads& heads,
    const Dialect& dialect, bool back, const std::string& place) {
    if (parts_groups(name, dialect)) return regrouped(tensor, heads, back, place);
    return reordered(tensor, interleaved_heads(name, heads.count, heads.kv_count, dialect), back, place);
}

} // namespace lora
