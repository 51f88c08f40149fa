#pragma once
// The methods there are, and the numbers that only some of them have, named as PEFT names them where PEFT has
// them. What each method is stands on its sheet: engine/method_sheets.

#include "engine/run_settings/adalora_settings.h"
#include "engine/run_settings/eva_settings.h"

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

struct MethodSettings {
    double loraplus_lr_ratio = 16; ///< LoRA+: B's learning rate over A's
    double d_initial = 0.1;        ///< VeRA: what the vector d begins with
    AdaLoraSettings adalora = {};
    EvaSettings eva = {};
    bool operator==(const MethodSettings&) const = default;
};

} // namespace lora
