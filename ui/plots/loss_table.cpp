#include "ui/plots/loss_table.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// Loss, accuracy and the scores of these names; empty cells where there is none.
QStringList evaluationCells(const EvaluationRecord* evaluation, const std::vector<std::string>& scores) {
    if (evaluation == nullptr) return QStringList(static_cast<qsizetype>(2 + scores.size()));
    QStringList cells{cell(evaluation->loss), cell(evaluation->accuracy)};
    for (const std::string& name : scores) {
        const auto found = std::find_if(evaluation->scores.begin(), evaluation->scores.end(),
            [&](const Score& score) { return score.name == name; });
        cells << (found == evaluation->scores.end() ? QString() : cell(found->value));
    }
    return cells;
}

} // namespace

Table lossTable(const LossCurve& curve) {
    Table table{{u"step"_s, u"loss"_s, u"smoothed"_s, u"lr"_s, u"grad_norm"_s, u"tokens"_s, u"tokens_per_s"_s,
                    u"evaluation_loss"_s, u"accuracy"_s},
        {}};
    std::vector<std::string> scores;
    if (!curve.evaluations().empty())
        for (const Score& score : curve.evaluations().back().scores) scores.push_back(score.name);
    for (const std::string& name : scores) table.header << QString::fromStdString(name);
    std::map<std::int64_t, EvaluationRecord> evaluations;
    for (const EvaluationRecord& evaluation : curve.evaluations()) evaluations[evaluation.step] = evaluation;
    for (std::size_t i = 0; i < curve.steps().size(); ++i) {
        const StepRecord& step = curve.steps()[i];
        const auto found = evaluations.extract(step.step);
        table.rows.push_back(
            QStringList{QString::number(step.step), cell(step.loss), cell(curve.smoothed()[i]), cell(step.lr),
                cell(step.grad_norm), QString::number(step.tokens), cell(step.tokens_per_s)}
            + evaluationCells(found ? &found.mapped() : nullptr, scores));
    }
    for (const auto& [step, evaluation] : evaluations)
        table.rows.push_back(QStringList{QString::number(step), {}, {}, {}, {}, {}, {}}
                             + evaluationCells(&evaluation, scores));
    std::stable_sort(
        table.rows.begin(), table.rows.end(), [](const QStringList& one, const QStringList& other) {
            return one.front().toLongLong() < other.front().toLongLong();
        });
    return table;
}

} // namespace lora
