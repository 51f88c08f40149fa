#include "engine/runs/run_curves.h"

#include "engine/measures/measures.h"

#include <cmath>
#include <map>
#include <utility>

namespace lora {

namespace {

template <class Record>
void add(
    std::vector<Curve>& curves, const char* name, const std::vector<Record>& records, double Record::*value) {
    Curve curve{name, {}};
    for (const Record& record : records)
        if (std::isfinite(record.*value)) curve.points.push_back({record.step, record.*value});
    if (!curve.points.empty()) curves.push_back(std::move(curve));
}

void add_accuracy(std::vector<Curve>& curves, const std::vector<EvaluationRecord>& evaluations) {
    Curve curve{"eval/accuracy", {}};
    for (const EvaluationRecord& evaluation : evaluations)
        if (evaluation.accuracy) curve.points.push_back({evaluation.step, *evaluation.accuracy});
    if (!curve.points.empty()) curves.push_back(std::move(curve));
}

void add_exact_matches(std::vector<Curve>& curves, const std::vector<AnswersRecord>& records) {
    Curve curve{"eval/exact_match", {}};
    for (const AnswersRecord& record : records)
        if (const auto [right, all] = exact_matches(record); all > 0)
            curve.points.push_back({record.step, static_cast<double>(right) / static_cast<double>(all)});
    if (!curve.points.empty()) curves.push_back(std::move(curve));
}

void add_scores(std::vector<Curve>& curves, const std::vector<EvaluationRecord>& evaluations) {
    for (const ScoreSheet& sheet : score_sheets()) {
        Curve curve{std::string("eval/") + sheet.name, {}};
        for (const EvaluationRecord& evaluation : evaluations)
            for (const Score& score : evaluation.scores)
                if (score.name == sheet.name) curve.points.push_back({evaluation.step, score.value});
        if (!curve.points.empty()) curves.push_back(std::move(curve));
    }
}

void add_mean(std::vector<Curve>& curves, const RunRecord& run, const Measure& measure) {
    Curve curve{std::string("update/") + measure.key, {}};
    for (const auto& step : run.spectra) {
        double sum = 0;
        int count = 0;
        for (const Spectrum& spectrum : step->spectra)
            if (const auto value = measure.value(spectrum)) {
                sum += *value;
                ++count;
            }
        if (count > 0) curve.points.push_back({step->step, sum / count});
    }
    if (!curve.points.empty()) curves.push_back(std::move(curve));
}

} // namespace

std::vector<Curve> run_curves(const RunRecord& run) {
    std::vector<Curve> curves;
    add(curves, "train/loss", run.steps, &StepRecord::loss);
    add(curves, "train/lr", run.steps, &StepRecord::lr);
    add(curves, "train/grad_norm", run.steps, &StepRecord::grad_norm);
    add(curves, "train/tokens_per_s", run.steps, &StepRecord::tokens_per_s);
    add(curves, "eval/loss", run.evaluations, &EvaluationRecord::loss);
    add(curves, "eval/perplexity", run.evaluations, &EvaluationRecord::perplexity);
    add_accuracy(curves, run.evaluations);
    add_exact_matches(curves, run.answers);
    add_scores(curves, run.evaluations);
    for (const Measure& measure : measures()) add_mean(curves, run, measure);
    return curves;
}

std::vector<Curve> target_curves(const RunRecord& run) {
    std::vector<Curve> curves;
    for (const Measure& measure : measures()) {
        std::map<std::string, std::size_t> places; // path → its curve
        for (const auto& step : run.spectra)
            for (const Spectrum& spectrum : step->spectra) {
                const auto value = measure.value(spectrum);
                if (!value) continue;
                const auto [place, isNew] = places.try_emplace(spectrum.path, curves.size());
                if (isNew) curves.push_back({measure.key + ("/" + spectrum.path), {}});
                curves[place->second].points.push_back({step->step, *value});
            }
    }
    return curves;
}

} // namespace lora
