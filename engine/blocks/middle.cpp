#include "engine/blocks/middle.h"

namespace lora {

std::vector<at::Tensor> in_pieces(
    const std::vector<at::Tensor>& outputs, const std::vector<std::int64_t>& widths) {
    if (outputs.size() == widths.size()) return outputs;
    return outputs.front().split_with_sizes(widths, 1);
}

} // namespace lora
