#include "engine/settings/run_savings.h"

#include "engine/method_sheets/method_sheet.h"

namespace lora {

Savings savings_of(const ModelSummary& model, const RunSettings& settings, std::size_t labels) {
    constexpr std::int64_t trained = 4 * float_bytes; // the number, its gradient, AdamW's two moments
    const MethodSheet& sheet = sheet_of(settings.method);
    const MethodCosts costs =
        sheet.costs(settings, shapes_of(model, settings, trains_weights(settings.method)));
    const std::int64_t head = count_head(model, labels);
    // Nothing but the head: what does not depend on the method.
    Savings savings = count_savings(model, {}, /*rank=*/1, labels);
    savings.trainable = costs.trainable + head;
    if (model.parameters > 0)
        savings.share = static_cast<double>(savings.trainable) / static_cast<double>(model.parameters);
    savings.adapter_bytes = float_bytes * (costs.saved + head);
    savings.optimizer_bytes = 2 * float_bytes * savings.trainable;
    savings.training_bytes = trained * savings.trainable + costs.others;
    return savings;
}

} // namespace lora
