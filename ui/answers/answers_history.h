#pragma once
// The answers of one run, evaluation by evaluation, as what a person reads: before beside after, one prompt
// through time, and of a classifier which labels it takes for which.

#include "engine/runs/run_record.h"
#include "ui/elements/result_table.h"

#include <QString>
#include <QStringList>
#include <string>
#include <vector>

namespace lora {

class AnswersHistory {
public:
    void clear();
    /// Those of a step that is there already take its place, as a resumed run tells them again.
    void add(const AnswersRecord& record);
    /// Only a classifier's are kept.
    void add(const EvaluationRecord& evaluation);
    /// The names of the classes, where they are known.
    void setLabels(const std::vector<std::string>& labels);
    /// A run that was done before, or what a resumed one had done.
    void take(const RunRecord& record);

    bool hasAnswers() const { return !answers_.empty(); }
    bool isOfClasses() const { return !classes_.empty(); }
    /// What the answers come to, in a sentence.
    QString headline() const;
    /// A row for each prompt: what the data say, the first answer and the last.
    ResultRows beforeAndAfter() const;
    /// A row for each evaluation: the answer to one prompt.
    ResultRows throughTime(std::size_t prompt) const;
    QString promptOf(std::size_t prompt) const;
    /// Of the first evaluation, or the last one: a row for each label, a column for what it was taken for.
    ResultRows confusion(bool last) const;
    QString titleOfConfusion(bool last) const;

private:
    QString labelOf(std::size_t number) const;

    std::vector<AnswersRecord> answers_;
    std::vector<EvaluationRecord> classes_;
    QStringList labels_;
};

} // namespace lora
