#pragma once
// The order that some families keep in their one linear for queries, keys and values: group by group of the
// heads that share a key, a group's queries before its key and its value. Everything here works on queries,
// keys and values apart.

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace lora {

/// Whether so many rows are those of `heads` queries, `kv_heads` keys and as many values.
bool rows_fit_groups(std::int64_t rows, std::int64_t heads, std::int64_t kv_heads);

/// Along the dimension `dim`: (group, queries and key and value, E) → all queries, all keys, all values. As
/// it is where there is one group.
at::Tensor groups_apart(const at::Tensor& x, std::int64_t dim, std::int64_t heads, std::int64_t kv_heads);
/// The way back.
at::Tensor in_groups(const at::Tensor& x, std::int64_t dim, std::int64_t heads, std::int64_t kv_heads);

} // namespace lora
