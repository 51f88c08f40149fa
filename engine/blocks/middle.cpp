#include "engine/blocks/middle.h"

#include <ATen/ATen.h>

namespace lora {

at::Tensor chosen_rows(const at::Tensor& x, const at::Tensor& rows) {
    return rows.defined() ? x.index_select(0, rows) : x;
}

std::vector<at::Tensor> in_pieces(
    const std::vector<at::Tensor>& outputs, const std::vector<std::int64_t>& widths) {
    if (outputs.size() == widths.size()) return outputs;
    return outputs.front().split_with_sizes(widths, 1);
}

} // namespace lora
