#include "engine/models/token_rows.h"

#include "engine/error.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace lora {

namespace {

constexpr std::int64_t table_rows_at_once = 4096;

/// Rows of the table with these; throws Error as the constructor does.
std::int64_t rows_with(const FrozenWeight& table, const std::vector<std::int64_t>& ids) {
    const std::set<std::int64_t> each(ids.begin(), ids.end());
    if (ids.empty() || each.size() != ids.size() || *each.begin() < 0)
        fail("the adapter's token rows", "none, or a token twice", "each token once");
    const std::int64_t fresh =
        std::count_if(ids.begin(), ids.end(), [&](std::int64_t id) { return id >= table.rows(); });
    const std::int64_t rows = table.rows() + fresh;
    if (*each.rbegin() >= rows)
        fail("the adapter's token rows",
            "a row for token " + std::to_string(*each.rbegin()) + ", and not for all from "
                + std::to_string(table.rows()) + " on",
            "rows for all tokens behind the model's " + std::to_string(table.rows()),
            "was the adapter trained on another model?");
    return rows;
}

at::Tensor mean_row(const FrozenWeight& table) {
    at::Tensor sum = at::zeros({table.columns()}, at::TensorOptions(at::kDouble).device(table.device()));
    for (std::int64_t begin = 0; begin < table.rows(); begin += table_rows_at_once)
        sum.add_(
            table.some(begin, std::min(table_rows_at_once, table.rows() - begin)).to(at::kDouble).sum(0));
    return sum.div_(static_cast<double>(table.rows())).to(at::kFloat);
}

} // namespace

ReplacedRows::ReplacedRows(const FrozenWeight& table, const std::vector<std::int64_t>& ids, at::Tensor values)
    : values_(std::move(values)), rows_(rows_with(table, ids)) {
    const auto count = static_cast<std::int64_t>(ids.size());
    if (values_.dim() != 2 || values_.size(0) != count || values_.size(1) != table.columns())
        fail("the adapter's token rows", std::to_string(values_.numel()) + " values",
            std::to_string(count) + " rows of " + std::to_string(table.columns()),
            "was the adapter trained on another model?");
    const c10::NoGradGuard no_gradient;
    ids_ = indices(ids, table.device());
    slots_ = at::full({rows_}, -1, ids_.options());
    slots_.index_copy_(0, ids_, at::arange(count, ids_.options()));
    before_ = first_rows(table, ids);
}

at::Tensor ReplacedRows::values(const Pass& pass) const {
    if (!pass.adapted) return before_;
    return pass.update_scale == 1 ? values_ : before_ + (values_ - before_) * pass.update_scale;
}

at::Tensor ReplacedRows::at(const FrozenWeight& table, const at::Tensor& tokens, const Pass& pass) const {
    const at::Tensor slots = slots_.index_select(0, tokens); // [N]
    const at::Tensor is_here = slots.ge(0);
    const at::Tensor others = table.at(tokens.masked_fill(is_here, 0)); // [N, D]
    const at::Tensor own = at::embedding(values(pass), slots.clamp_min(0)).to(others.scalar_type());
    return at::where(is_here.unsqueeze(1), own, others);
}

at::Tensor ReplacedRows::product(
    const at::Tensor& product, const at::Tensor& hidden, const Pass& pass) const {
    const at::Tensor wide = at::constant_pad_nd(product, {0, rows_ - product.size(1)});
    return wide.index_copy(1, ids_, at::linear(hidden, values(pass).to(hidden.scalar_type())));
}

at::Tensor first_rows(const FrozenWeight& table, const std::vector<std::int64_t>& ids) {
    const c10::NoGradGuard no_gradient;
    at::Tensor mean; // made where it is asked for
    std::vector<at::Tensor> rows;
    for (const std::int64_t id : ids) {
        const bool is_new = id >= table.rows();
        if (is_new && !mean.defined()) mean = mean_row(table);
        rows.push_back(is_new ? mean : table.some(id, 1).to(at::kFloat).view({-1}));
    }
    return at::stack(rows);
}

} // namespace lora
