#pragma once
// The methods there are, by their words, and the numbers that only some of them have. Knows no torch.

#include "engine/method_sheets/adalora_settings.h"
#include "engine/method_sheets/eva_settings.h"

#include <string>
#include <vector>

namespace lora {

enum class MethodKind {
    Lora,
    RsLora,
    LoraPlus,
    LoraFa,
    Dora,
    Pissa,
    Olora,
    Eva,
    AdaLora,
    LoraXs,
    Vera,
    UniLora,
    Full,
    Subspace
};

/// In the order in which they are offered.
std::vector<MethodKind> method_kinds();
std::string method_words(); ///< theirs, with commas between

/// Whether the method changes weights of the model and not an adapter beside them.
bool trains_weights(MethodKind kind);
/// Whether what it does to a weight is scale · B · A of the rank that was chosen, and no change of full rank.
bool keeps_low_rank(MethodKind kind);
/// Whether it trains the numbers of a random subspace.
bool has_subspace(MethodKind kind);

/// The word of --method and run.json, and back; throws Error that lists the known ones.
std::string name(MethodKind kind);
MethodKind method_kind(const std::string& name);

/// As its paper writes it, "rsLoRA", and one sentence on what it does and when to take it.
std::string title(MethodKind kind);
std::string about(MethodKind kind);

/// Named as PEFT names them where PEFT has them.
struct MethodSettings {
    double loraplus_lr_ratio = 16; ///< LoRA+: B's learning rate over A's
    double d_initial = 0.1;        ///< VeRA: what the vector d begins with
    AdaLoraSettings adalora = {};
    EvaSettings eva = {};
    bool operator==(const MethodSettings&) const = default;
};

} // namespace lora
