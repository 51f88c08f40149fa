#include "engine/adapters/merged_weight.h"

#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/models/magnitude.h"

#include <vector>

#include <ATen/ATen.h>

namespace lora {

at::Tensor merged_weight(
    const at::Tensor& weight, LowRank update, bool cut_to_weight, const std::string& name) {
    if (cut_to_weight && weight.dim() == 2 && weight.size(1) < update.A.size(1))
        update.A = update.A.narrow(1, 0, weight.size(1));
    const std::vector<std::int64_t> expected{update.B.size(0), update.A.size(1)};
    if (weight.sizes().vec() != expected)
        fail(shown(name), shape_text(weight.sizes()), shape_text(expected) + " as the adapter has it");
    if (update.magnitude.defined())
        return weight.to(at::kDouble).add(weight_change(weight, update)).to(weight.scalar_type());
    const at::Tensor change = update.B.to(at::kCPU, at::kFloat).mm(update.A.to(at::kCPU, at::kFloat));
    return weight.to(at::kFloat).add(change, update.scale).to(weight.scalar_type());
}

} // namespace lora
