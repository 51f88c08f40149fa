#include "ui/plots/loss_table.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

Table lossTable(const LossCurve& curve) {
    Table table{{u"step"_s, u"loss"_s, u"smoothed"_s, u"lr"_s, u"grad_norm"_s, u"tokens"_s, u"tokens_per_s"_s,
                    u"evaluation_loss"_s, u"accuracy"_s},
        {}};
    std::map<std::int64_t, EvaluationRecord> evaluations;
    for (const EvaluationRecord& evaluation : curve.evaluations()) evaluations[evaluation.step] = evaluation;
    const auto takeEvaluation = [&](std::int64_t step) -> std::pair<QString, QString> {
        const auto found = evaluations.find(step);
        if (found == evaluations.end()) return {};
        std::pair cells{cell(found->second.loss), cell(found->second.accuracy)};
        evaluations.erase(found);
        return cells;
    };
    for (std::size_t i = 0; i < curve.steps().size(); ++i) {
        const StepRecord& step = curve.steps()[i];
        const auto [evaluated, accuracy] = takeEvaluation(step.step);
        table.rows.push_back({QString::number(step.step), cell(step.loss), cell(curve.smoothed()[i]),
            cell(step.lr), cell(step.grad_norm), QString::number(step.tokens), cell(step.tokens_per_s),
            evaluated, accuracy});
    }
    for (const auto& [step, evaluation] : evaluations)
        table.rows.push_back({QString::number(step), {}, {}, {}, {}, {}, {}, cell(evaluation.loss),
            cell(evaluation.accuracy)});
    std::stable_sort(
        table.rows.begin(), table.rows.end(), [](const QStringList& one, const QStringList& other) {
            return one.front().toLongLong() < other.front().toLongLong();
        });
    return table;
}

} // namespace lora
