// LoRA: the method that the others are measured by.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet lora_sheet() {
    return {.kind = MethodKind::Lora,
        .word = "lora",
        .title = "LoRA",
        .about =
            "Trains a low-rank update of each chosen weight; the one to begin with, and what all others are "
            "measured by.",
        .paper = "Hu et al. 2021, arXiv:2106.09685"};
}

} // namespace lora
