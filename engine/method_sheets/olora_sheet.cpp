// OLoRA: A and B begin as the weight's QR factors.

#include "engine/method_sheets/sheets.h"

namespace lora {

MethodSheet olora_sheet() {
    return {.kind = MethodKind::Olora,
        .word = "olora",
        .title = "OLoRA",
        .about =
            "Starts A and B from the weight's QR factors, B orthonormal; like PiSSA, with a cheaper start.",
        .paper = "Büyükakyüz 2024, arXiv:2406.01775",
        .rank_above_side = RankAboveSide::Refused,
        .refuses = {{"lora.adapter", "it starts from the weights, not from an adapter"},
            {"lora.init", "its first A comes from the weights"},
            {"lora.dropout", "its start is held as half of the update and must cancel exactly"}},
        .costs = held_start_costs};
}

} // namespace lora
