#include "engine/settings/method_fields.h"

#include <cmath>
#include <utility>

namespace lora {

namespace {

/// A field whose value lies at `place(settings)`.
template <class Value, class Place>
MethodField field(std::string option, std::string label, std::string about, Place place, double lowest = 0,
    double highest = 0) {
    return {std::move(option), std::move(label), std::move(about),
        [place](const RunSettings& settings) {
            RunSettings copy = settings;
            return FieldValue(place(copy));
        },
        [place](RunSettings& settings, const FieldValue& value) { place(settings) = std::get<Value>(value); },
        lowest, highest};
}

MethodField projection_field() {
    MethodField made{"projection", "Projection",
        "The fixed random matrix. Fastfood and hashed need no memory for it; dense has all its numbers, and "
        "is "
        "for small models.",
        [](const RunSettings& settings) { return FieldValue(name(settings.subspace.projection)); },
        [](RunSettings& settings, const FieldValue& value) {
            settings.subspace.projection = projection_kind(std::get<std::string>(value));
        }};
    for (const ProjectionKind kind :
        {ProjectionKind::Fastfood, ProjectionKind::Hashed, ProjectionKind::Sparse, ProjectionKind::Dense})
        made.words.push_back(name(kind));
    return made;
}

std::vector<MethodField> make_fields() {
    using S = RunSettings;
    return {
        field<double>(
            "eva-rho", "Spread ρ",
            "The most directions a linear may get, over the rank; 1: all keep the rank.",
            [](S& s) -> double& { return s.method_settings.eva.rho; }, 1, 1000),
        field<double>(
            "eva-tau", "Still at τ",
            "A direction stands still when its cosine from one batch to the next is at least this.",
            [](S& s) -> double& { return s.method_settings.eva.tau; }, 0, 1),
        field<double>(
            "d-initial", "First d", "What every number of the vector d begins with.",
            [](S& s) -> double& { return s.method_settings.d_initial; }, -100, 100),
        field<double>(
            "loraplus-lr-ratio", "Ratio λ", "How many times as fast as A B learns.",
            [](S& s) -> double& { return s.method_settings.loraplus_lr_ratio; }, 0.01, 10'000),
        field<std::int64_t>(
            "adalora-init-r", "Initial rank",
            "Directions that every update begins with; the rank is what is left of them on average.",
            [](S& s) -> std::int64_t& { return s.method_settings.adalora.init_r; }, 1, 4096),
        field<std::int64_t>(
            "adalora-tinit", "Steps before", "Steps before the first direction is taken (tinit).",
            [](S& s) -> std::int64_t& { return s.method_settings.adalora.tinit; }, 0, 1e9),
        field<std::int64_t>(
            "adalora-tfinal", "Steps after", "Last steps, in which the ranks stay as they are (tfinal).",
            [](S& s) -> std::int64_t& { return s.method_settings.adalora.tfinal; }, 0, 1e9),
        field<std::int64_t>(
            "adalora-delta-t", "Steps between", "Steps from one allocation of ranks to the next (ΔT).",
            [](S& s) -> std::int64_t& { return s.method_settings.adalora.deltaT; }, 1, 1e9),
        field<double>(
            "adalora-beta1", "Mean β₁", "Of the importance's moving mean.",
            [](S& s) -> double& { return s.method_settings.adalora.beta1; }, 0.01, 0.99),
        field<double>(
            "adalora-beta2", "Mean β₂", "Of the moving mean of the importance's uncertainty.",
            [](S& s) -> double& { return s.method_settings.adalora.beta2; }, 0.01, 0.99),
        field<double>(
            "adalora-orth-reg-weight", "Penalty", "Weight of the penalty that holds A and B orthonormal.",
            [](S& s) -> double& { return s.method_settings.adalora.orth_reg_weight; }, 0, 1000),
        field<std::int64_t>(
            "subspace-dimension", "Dimension d",
            "How many numbers are trained; a classifier's head is counted beside them.",
            [](S& s) -> std::int64_t& { return s.subspace.dimension; }, 1, 1e9),
        projection_field(),
        field<bool>("said", "Scale a layer (SAID)",
            "A learned scale for each layer, taken out of the dimension; without it every layer moves alike "
            "(DID).",
            [](S& s) -> bool& { return s.subspace.said; }),
    };
}

/// Faults of a run that is whole but for this change.
bool takes(MethodKind method, const std::function<void(RunSettings&)>& change) {
    RunSettings settings = defaults_of(method);
    settings.model = "model";
    settings.data.train = "data";
    change(settings);
    return faults(settings).empty();
}

} // namespace

const std::vector<MethodField>& method_fields() {
    static const std::vector<MethodField> all = make_fields();
    return all;
}

bool has_field(MethodKind method, const MethodField& field) {
    if (field.option == "d-initial") return method == MethodKind::Vera;
    if (field.option == "loraplus-lr-ratio") return method == MethodKind::LoraPlus;
    if (field.option.starts_with("adalora-")) return method == MethodKind::AdaLora;
    if (field.option.starts_with("eva-")) return method == MethodKind::Eva;
    if (field.option == "said") return method == MethodKind::Subspace;
    return has_subspace(method);
}

UpdateScale update_scale(const RunSettings& settings) {
    const double alpha = settings.lora.alpha;
    const auto rank = static_cast<double>(settings.lora.rank);
    if (settings.method == MethodKind::RsLora) return {"α/√r", alpha / std::sqrt(rank)};
    if (settings.method == MethodKind::AdaLora)
        return {"α/initial r", alpha / static_cast<double>(settings.method_settings.adalora.init_r)};
    return {"α/r", alpha / rank};
}

SharedFields shared_fields(MethodKind method) {
    return {
        .rank = !trains_weights(method),
        .alpha = !trains_weights(method) && takes(method, [](RunSettings& s) { s.lora.alpha += 1; }),
        .dropout = takes(method, [](RunSettings& s) { s.lora.dropout = 0.1; }),
        .init = takes(method, [](RunSettings& s) { s.lora.init = InitialA::Gaussian; }),
        .adapter = takes(method, [](RunSettings& s) { s.lora.adapter = "adapter"; }),
        .gradient_checkpointing =
            takes(method, [](RunSettings& s) { s.training.gradient_checkpointing = true; }),
    };
}

} // namespace lora
