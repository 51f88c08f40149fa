#include "engine/models/grouped_rows.h"

#include <ATen/ATen.h>

namespace lora {

bool rows_fit_groups(std::int64_t rows, std::int64_t heads, std::int64_t kv_heads) {
    return heads > 0 && kv_heads > 0 && heads % kv_heads == 0 && rows % (heads + 2 * kv_heads) == 0;
}

at::Tensor groups_apart(const at::Tensor& x, std::int64_t dim, std::int64_t heads, std::int64_t kv_heads) {
    if (kv_heads == 1) return x;
    const std::int64_t size = x.size(dim) / (heads + 2 * kv_heads), shared = heads / kv_heads;
    const at::Tensor groups = x.unflatten(dim, {kv_heads, shared + 2, size});
    const auto piece = [&](std::int64_t first, std::int64_t count) {
        return groups.narrow(dim + 1, first, count).flatten(dim, dim + 2);
    };
    return at::cat({piece(0, shared), piece(shared, 1), piece(shared + 1, 1)}, dim);
}

at::Tensor in_groups(const at::Tensor& x, std::int64_t dim, std::int64_t heads, std::int64_t kv_heads) {
    if (kv_heads == 1) return x;
    const std::int64_t size = x.size(dim) / (heads + 2 * kv_heads), shared = heads / kv_heads;
    const auto groups = [&](std::int64_t first, std::int64_t count) {
        return x.narrow(dim, first * size, count * size).unflatten(dim, {kv_heads, count / kv_heads, size});
    };
    return at::cat(
        {groups(0, shared * kv_heads), groups(heads, kv_heads), groups(heads + kv_heads, kv_heads)}, dim + 1)
        .flatten(dim, dim + 2);
}

} // namespace lora
