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

at::Tensor ended_logits(const at::Tensor& product, const LogitEnd& end) {
    if (end.softcap > 0) return (product * (end.scale / end.softcap)).tanh() * end.softcap;
    return end.scale == 1 ? product : product * end.scale;
}

at::Tensor Model::logits(const at::Tensor& hidden, const Pass& pass) const {
    const at::Tensor product = head().forward(hidden, pass);
    const ReplacedRows* const rows = head_rows();
    return ended_logits(rows == nullptr ? product : rows->product(product, hidden, pass), logit_end());
}

namespace {

[[noreturn]] void refuse_tokens() {
    throw Error("this architecture has no place for new tokens or single tokens' rows here; decoders have");
}

} // namespace

void Model::set_token_rows(const std::optional<TokenRows>& rows) {
    if (rows) refuse_tokens();
}

TokenRows Model::first_token_rows(const std::vector<std::int64_t>& /*ids*/) const { refuse_tokens(); }

std::map<std::string, Linear*> linears_by_path(Model& model) {
    std::map<std::string, Linear*> linears;
    for (const NamedLinear& named : model.named_linears()) linears[named.path] = named.linear;
    return linears;
}

} // namespace lora
