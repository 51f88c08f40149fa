#include "engine/adapters/whole_update.h"

#include "engine/error.h"
#include "engine/models/magnitude.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace lora {

LowRank whole_update(const at::Tensor& change) {
    const at::Tensor plain = change.contiguous();
    const bool wide = plain.size(0) < plain.size(1);
    const at::Tensor eye = at::eye(std::min(plain.size(0), plain.size(1)), plain.options());
    return {.A = wide ? plain : eye, .B = wide ? eye : plain};
}

LowRank whole_update(const LowRank& update, const at::Tensor& weight) {
    return update.magnitude.defined() ? whole_update(weight_change(weight, update)) : update;
}

void need_low_rank(const LowRank& update, const std::string& path) {
    if (update.magnitude.defined())
        fail(shown(path), "an update with DoRA's magnitude", "one that is scale · B · A",
            "DoRA changes every direction of a weight, so that only with the weight its change is known: "
            "take "
            "lora spectrum with --model, or lora merge");
}

void need_widths(const Adapter& adapter) {
    if (adapter.vera && !adapter.vera->knows_widths())
        fail("the adapter", "VeRA's matrices without the widths of the linears they belong to",
            "a VeRA that this program wrote, or the model beside it",
            "PEFT's file does not tell them: name the model where the command takes one, or merge the "
            "adapter");
}

} // namespace lora
