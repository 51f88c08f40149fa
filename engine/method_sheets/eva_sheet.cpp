// EVA: A begins as the directions in which the data's activations vary most. As many directions in all as
// LoRA has; what they cost where they go is known at the start.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet eva_sheet() {
    return {.kind = MethodKind::Eva,
        .word = "eva",
        .title = "EVA",
        .about = "Starts A from the directions in which the data's activations vary most, and moves ranks to "
                 "where "
                 "they vary; a start made for the task at hand.",
        .paper = "Paischer et al. 2024, arXiv:2410.07170",
        .own = {setting(
                    "method_settings.eva.rho", "Spread ρ",
                    "The most directions a linear may get, over the rank; 1: all keep the rank.",
                    [](auto& s) -> auto& { return s.method_settings.eva.rho; })
                    .called("eva-rho")
                    .from(1),
            setting(
                "method_settings.eva.tau", "Still at τ",
                "A direction stands still when its cosine from one batch to the next is at least this.",
                [](auto& s) -> auto& { return s.method_settings.eva.tau; })
                .called("eva-tau")
                .from(0)
                .to(1)},
        .refuses = {{"lora.adapter", "it starts from the data, not from an adapter"},
            {"lora.init", "its first A comes from the data"}}};
}

} // namespace lora
