#include "engine/models/model.h"

#include <ATen/ATen.h>

namespace lora {

void end_logits(at::Tensor& product, const LogitEnd& end) {
    if (end.softcap > 0)
        product.mul_(end.scale / end.softcap).tanh_().mul_(end.softcap);
    else if (end.scale != 1)
        product.mul_(end.scale);
}

void end_logits_backward(at::Tensor& gradient, const at::Tensor& logits, const LogitEnd& end) {
    if (end.softcap > 0) gradient.mul_(logits.div(end.softcap).square_().neg_().add_(1));
    if (end.scale != 1) gradient.mul_(end.scale);
}

at::Tensor Model::logits(const at::Tensor& hidden, const Pass& pass) const {
    const at::Tensor product = head().forward(hidden, pass);
    const LogitEnd end = logit_end();
    if (end.softcap > 0) return (product * (end.scale / end.softcap)).tanh() * end.softcap;
    return end.scale == 1 ? product : product * end.scale;
}

std::map<std::string, Linear*> linears_by_path(Model& model) {
    std::map<std::string, Linear*> linears;
    for (const NamedLinear& named : model.named_linears()) linears[named.path] = named.linear;
    return linears;
}

} // namespace lora
