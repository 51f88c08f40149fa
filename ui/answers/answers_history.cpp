#include "ui/answers/answers_history.h"

#include "ui/elements/words.h"

#include <algorithm>
#include <numeric>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

template <class Record>
void put(std::vector<Record>& all, const Record& record) {
    const auto there =
        std::find_if(all.begin(), all.end(), [&](const Record& each) { return each.step >= record.step; });
    if (there != all.end() && there->step == record.step)
        *there = record;
    else
        all.insert(there, record);
}

QString stepWords(std::int64_t step) {
    return step == 0 ? tr("before the first step") : tr("after step %1").arg(step);
}

/// One line of a table.
QString line(const std::string& words) { return text(words).simplified(); }

QString mark(const Answer& answer) { return answer.is_exact() ? u"✓ "_s : QString(); }

} // namespace

void AnswersHistory::clear() {
    answers_.clear();
    classes_.clear();
    labels_.clear();
}

void AnswersHistory::add(const AnswersRecord& record) {
    if (!record.answers.empty()) put(answers_, record);
}

void AnswersHistory::add(const EvaluationRecord& evaluation) {
    if (!evaluation.confusion.empty()) put(classes_, evaluation);
}

void AnswersHistory::setLabels(const std::vector<std::string>& labels) {
    labels_.clear();
    for (const std::string& each : labels) labels_ << line(each);
}

void AnswersHistory::take(const RunRecord& record) {
    setLabels(record.labels);
    for (const AnswersRecord& each : record.answers) add(each);
    for (const EvaluationRecord& each : record.evaluations) add(each);
}

QString AnswersHistory::headline() const {
    if (isOfClasses()) {
        const auto share = [](const EvaluationRecord& each) {
            return u"%1 %"_s.arg(100 * each.accuracy.value_or(0), 0, 'f', 1);
        };
        const EvaluationRecord &first = classes_.front(), &last = classes_.back();
        const QString now =
            tr("%1 of the held-out labels are right %2").arg(share(last), stepWords(last.step));
        return classes_.size() == 1 ? now + u'.'
                                    : now + tr("; %1 %2.").arg(share(first), stepWords(first.step));
    }
    if (!hasAnswers()) return {};
    const auto [right, all] = exact_matches(answers_.back());
    if (all == 0) return tr("Answered %1.").arg(stepWords(answers_.back().step));
    const QString now = tr("%1 of %2 answers are the data's to the letter %3")
                            .arg(right)
                            .arg(all)
                            .arg(stepWords(answers_.back().step));
    if (answers_.size() == 1) return now + u'.';
    return now
           + tr("; %1 were %2.")
                 .arg(exact_matches(answers_.front()).right)
                 .arg(stepWords(answers_.front().step));
}

ResultRows AnswersHistory::beforeAndAfter() const {
    if (!hasAnswers()) return {};
    const AnswersRecord &first = answers_.front(), &last = answers_.back();
    const bool changes = answers_.size() > 1;
    ResultRows rows;
    rows.columns = {
        {tr("Prompt"), tr("What the model is asked: a held-out row, or a prompt of your own"), false},
        {tr("The data say"), tr("What the row answers itself; prompts of your own have nothing there"),
            false},
        {tr("Answer %1").arg(stepWords(first.step)), tr("✓: what the data say, to the letter"), false}};
    if (changes)
        rows.columns.push_back(
            {tr("Answer %1").arg(stepWords(last.step)), tr("✓: what the data say, to the letter"), false});
    for (std::size_t i = 0; i < last.answers.size(); ++i) {
        const Answer& now = last.answers[i];
        std::vector<ResultCell> cells{{line(now.prompt)}, {line(now.expected.value_or(""))}};
        if (i < first.answers.size()) cells.push_back({mark(first.answers[i]) + line(first.answers[i].text)});
        cells.resize(3);
        if (changes) cells.push_back({mark(now) + line(now.text)});
        rows.rows.push_back(std::move(cells));
    }
    return rows;
}

ResultRows AnswersHistory::throughTime(std::size_t prompt) const {
    ResultRows rows;
    rows.columns = {{tr("Step"), tr("The optimizer step that was the last one before this answer"), true},
        {tr("Answer"), tr("✓: what the data say, to the letter"), false}};
    for (const AnswersRecord& record : answers_)
        if (prompt < record.answers.size())
            rows.rows.push_back({{QString::number(record.step), static_cast<double>(record.step)},
                {mark(record.answers[prompt]) + line(record.answers[prompt].text)}});
    return rows;
}

QString AnswersHistory::promptOf(std::size_t prompt) const {
    if (!hasAnswers() || prompt >= answers_.back().answers.size()) return {};
    return line(answers_.back().answers[prompt].prompt);
}

QString AnswersHistory::labelOf(std::size_t number) const {
    const auto place = static_cast<qsizetype>(number);
    return place < labels_.size() ? labels_[place] : QString::number(number);
}

ResultRows AnswersHistory::confusion(bool last) const {
    if (!isOfClasses()) return {};
    const auto& counts = last ? classes_.back().confusion : classes_.front().confusion;
    ResultRows rows;
    rows.columns = {{tr("Label of the data"), tr("A row holds the samples with this label"), false}};
    for (std::size_t i = 0; i < counts.size(); ++i)
        rows.columns.push_back({labelOf(i), tr("Samples that were taken for “%1”").arg(labelOf(i)), true});
    rows.columns.push_back(
        {tr("Right"), tr("The share of this label's samples that were taken for it"), true});
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::vector<ResultCell> cells{{labelOf(i)}};
        for (const std::int64_t count : counts[i])
            cells.push_back({QString::number(count), static_cast<double>(count)});
        const auto all = std::accumulate(counts[i].begin(), counts[i].end(), std::int64_t{0});
        const double share =
            all > 0 ? 100.0 * static_cast<double>(counts[i][i]) / static_cast<double>(all) : 0;
        cells.push_back({all > 0 ? u"%1 %"_s.arg(share, 0, 'f', 1) : u"–"_s, share});
        rows.rows.push_back(std::move(cells));
    }
    return rows;
}

QString AnswersHistory::titleOfConfusion(bool last) const {
    if (!isOfClasses()) return {};
    return tr("What was taken for what %1").arg(stepWords((last ? classes_.back() : classes_.front()).step));
}

} // namespace lora
