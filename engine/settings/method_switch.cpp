#include "engine/settings/method_switch.h"

#include "engine/settings/method_fields.h"

namespace lora {

namespace {

RunSettings start_of(MethodKind method) {
    RunSettings settings = defaults_of(method);
    settings.training.lr = usual_lr(method);
    return settings;
}

} // namespace

double usual_lr(MethodKind method) {
    if (method == MethodKind::Full) return 2e-5;
    return has_subspace(method) ? 1e-2 : defaults_of(method).training.lr;
}

RunSettings MethodSwitch::to(MethodKind method, const RunSettings& settings) {
    left_[settings.method] = settings;
    const RunSettings before = start_of(settings.method), after = start_of(method);
    const auto known = left_.find(method);
    const RunSettings& wanted = known == left_.end() ? after : known->second;
    RunSettings made = settings;
    made.method = method;
    const auto take = [&](auto&& place) {
        if (place(before) != place(after)) place(made) = place(wanted);
    };
    take([](auto& s) -> auto& { return s.lora.selection; });
    take([](auto& s) -> auto& { return s.lora.rank; });
    take([](auto& s) -> auto& { return s.lora.alpha; });
    take([](auto& s) -> auto& { return s.training.lr; });
    take([](auto& s) -> auto& { return s.training.spectrum_every; });
    for (const MethodField& field : method_fields()) {
        if (!has_field(method, field))
            field.set(made, field.get(RunSettings{}));
        else if (!has_field(settings.method, field) || field.get(before) != field.get(after))
            field.set(made, field.get(wanted));
    }
    return made;
}

} // namespace lora
