#pragma once
// A sheet for each method: all that is known of it without LibTorch. Its code is in engine/methods.

#include "engine/method_sheets/method_costs.h"
#include "engine/run_settings/fault.h"
#include "engine/run_settings/setting.h"

#include <string>
#include <vector>

namespace lora {

/// What a run of the method leaves behind.
enum class ResultKind {
    Adapter,  ///< in PEFT's format, beside a model that stays as it was
    Weights,  ///< a model of its own
    Subspace, ///< the numbers of a random subspace, which change the model's weights
};

/// A setting that does not go with the method, and why; its initial value does.
struct Refusal {
    const char* setting; ///< "lora.dropout"
    const char* why;
};

/// The factor in front of the product of B and A where a target has no rank of its own.
struct UpdateScale {
    std::string words; ///< how it is counted: "α/r"
    double value = 0;
};
UpdateScale alpha_over_rank(const RunSettings& settings);

/// Learning rates that runs of a method are seldom outside of, from the rates of the papers with a factor of
/// ten or so on both sides.
struct UsualRates {
    double lowest = 1e-5;
    double highest = 2e-2;
};

/// What a rank above the smaller side of a target's weight is to a method.
enum class RankAboveSide {
    Idle,    ///< directions that add nothing, since no weight has so many
    Refused, ///< more than its start finds in the weight
    Useful,  ///< as good as any other: its rank is no rank of the update
};

struct MethodSheet {
    MethodKind kind;
    const char* word;  ///< of --method and run.json
    const char* title; ///< as its paper writes it
    const char* about; ///< what it does and when to take it, in a sentence
    const char* paper; ///< where it is from
    ResultKind result = ResultKind::Adapter;
    bool keeps_low_rank =
        true; ///< ΔW is scale · B · A of the rank that was chosen, and no change of full rank
    bool ranks_move = false; ///< while it trains
    double lr = 2e-4;        ///< the learning rate that it is usually begun with
    UsualRates rates = {};
    RankAboveSide rank_above_side = RankAboveSide::Idle;
    std::vector<Setting> own = {};         ///< settings that it has and most others have not
    std::vector<Refusal> refuses = {};     ///< of those that all have
    std::vector<const char*> without = {}; ///< settings of all that mean nothing to it
    void (*begin)(RunSettings&) = nullptr; ///< sets what it starts from where that is not a run's usual
    void (*check)(const RunSettings&, std::vector<Fault>&) = nullptr; ///< faults that are its own
    UpdateScale (*scale)(const RunSettings&) = alpha_over_rank;
    MethodCosts (*costs)(const RunSettings&, const TargetShapes&) = low_rank_costs;
    bool runs_fused = true;     ///< the blocks may run through the fused kernels
    bool keeps_outputs = false; ///< its backward needs each target's output, in float32
    bool has_masters = false;   ///< float32 values of its own beside a bfloat16 model
};

/// All, in the order in which they are offered.
const std::vector<MethodSheet>& method_sheets();
const MethodSheet& sheet_of(MethodKind kind);

std::vector<MethodKind> method_kinds();
std::string method_words(); ///< theirs, with commas between

/// Whether the method changes weights of the model and not an adapter beside them.
bool trains_weights(MethodKind kind);
bool keeps_low_rank(MethodKind kind);
/// Whether rows of new tokens can be trained beside the method's updates.
bool trains_new_tokens(MethodKind kind);

/// The word of --method and run.json, and back; throws Error that lists the known ones.
std::string name(MethodKind kind);
MethodKind method_kind(const std::string& name);
std::string title(MethodKind kind);
std::string about(MethodKind kind);

/// Whether the method has a setting by this path: one of its own, or one of all that it neither refuses nor
/// leaves unused.
bool has_setting(MethodKind kind, const std::string& path);
/// Titles of the methods whose own the setting is, "Uni-LoRA and Random subspace"; empty for one of all.
std::string owners_of(const std::string& path);

} // namespace lora
