#include "app/verbs/train_output.h"

#include "app/output.h"
#include "app/verbs/train_costs.h"
#include "engine/devices/memory.h"
#include "engine/runs/run_events.h"

#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>

namespace lora {

namespace {

void print_end(const EndRecord& end, std::int64_t patience) {
    std::cout << (is_finished(end.end) ? "done" : "stopped") << " after step " << end.step;
    if (end.end == RunEnd::NoGain)
        std::cout << ", since " << patience << (patience == 1 ? " evaluation" : " evaluations in a row")
                  << " brought no gain";
    std::cout << ": " << end.adapter << std::endl;
    if (end.best)
        std::cout << "the best evaluation was after step " << end.best->step << ", loss " << end.best->loss
                  << ": " << end.best->folder << std::endl;
}

std::string scores_in_words(const EvaluationRecord& evaluation) {
    std::ostringstream words;
    words << std::fixed << std::setprecision(4);
    if (!evaluation.is_of_labels()) words << ", perplexity " << evaluation.perplexity;
    if (evaluation.accuracy) words << ", accuracy " << *evaluation.accuracy;
    for (const Score& score : evaluation.scores) words << ", " << score.name << ' ' << score.value;
    return words.str();
}

void print_answers(const AnswersRecord& record) {
    std::cout << "answers at step " << record.step;
    if (const auto [right, all] = exact_matches(record); all > 0)
        std::cout << ", " << right << " of " << all << " as the data say";
    std::cout << std::endl;
    for (const Answer& each : record.answers)
        std::cout << "  > " << shown(each.prompt) << "\n    " << shown(each.text)
                  << (each.is_exact() ? "  (exact)" : "") << std::endl;
}

void print_for_people(const RunEvent& event, std::int64_t total_steps, std::int64_t patience) {
    std::cout << std::fixed << std::setprecision(4);
    if (const auto* step = std::get_if<StepRecord>(&event))
        std::cout << "step " << step->step << '/' << total_steps << "  loss " << step->loss << "  lr "
                  << std::scientific << std::setprecision(2) << step->lr << "  grad " << std::fixed
                  << std::setprecision(3) << step->grad_norm << "  " << std::setprecision(0)
                  << step->tokens_per_s << " tokens/s" << std::endl;
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&event))
        std::cout << "evaluation at step " << evaluation->step << ": loss " << evaluation->loss
                  << scores_in_words(*evaluation) << std::endl;
    if (const auto* answers = std::get_if<AnswersRecord>(&event)) print_answers(*answers);
    if (const auto* saved = std::get_if<CheckpointRecord>(&event))
        std::cout << "checkpoint " << saved->folder << (saved->best ? ", the best so far" : "") << std::endl;
    if (const auto* end = std::get_if<EndRecord>(&event)) print_end(*end, patience);
}

void print_as_json(const RunEvent& event) {
    if (const auto* step = std::get_if<StepRecord>(&event)) print_event(step_event(*step));
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&event))
        print_event(evaluation_event(*evaluation));
    if (const auto* answers = std::get_if<AnswersRecord>(&event)) print_event(answers_event(*answers));
    if (const auto* saved = std::get_if<CheckpointRecord>(&event))
        print_event(checkpoint_event(saved->step, saved->best));
    if (const auto* all = std::get_if<std::shared_ptr<const SpectraOfStep>>(&event))
        for (const Spectrum& spectrum : (*all)->spectra) print_event(spectrum_event((*all)->step, spectrum));
    if (const auto* end = std::get_if<EndRecord>(&event))
        print_event(done_event(end->step, end->adapter, end->end, end->best));
}

} // namespace

void show(const RunEvent& event, const Run& run, bool json) {
    if (!run.ranks().leads()) return;
    if (json)
        print_as_json(event);
    else
        print_for_people(event, run.total_steps(), run.settings().training.patience);
}

void show_each(const std::vector<std::string>& warnings, const Run& run, bool json) {
    if (!run.ranks().leads()) return;
    for (const auto& warning : warnings) {
        if (json)
            print_event(warning_event(warning));
        else
            std::cerr << "lora: warning: " << warning << '\n';
    }
}

void show_warnings(const Run& run, bool json) {
    std::vector<std::string> warnings = run.notes();
    const auto& of_training = run.train_set().summary.warnings;
    warnings.insert(warnings.end(), of_training.begin(), of_training.end());
    if (run.eval_set())
        warnings.insert(
            warnings.end(), run.eval_set()->summary.warnings.begin(), run.eval_set()->summary.warnings.end());
    show_each(warnings, run, json);
}

void show_packing(const Run& run, bool json) {
    const Packing& packing = run.train_set().summary.packing;
    if (!run.ranks().leads() || packing.packs == 0) return;
    if (json) return print_event(packing_event(packing.packs, packing.fill));
    std::cout << "packed: " << run.train_set().summary.samples << " samples in " << packing.packs
              << " packs of " << run.settings().data.max_length << " tokens, "
              << static_cast<int>(100 * packing.fill) << " % full" << std::endl;
}

void show_alarms(const Run& run, const std::vector<Alarm>& alarms, bool json) {
    if (!run.ranks().leads()) return;
    for (const Alarm& alarm : alarms) {
        if (json)
            print_event(alarm_event(alarm));
        else
            std::cerr << "lora: " << alarm.sentence << ' ' << alarm.advice << '\n';
    }
}

void show_profile(const Run& run, const Model& model, const Profile& loading, bool json) {
    Profile all = run.profile();
    all.add(Phase::Load, loading.seconds());
    show_profile(all, measure_memory(model.device()).peak_bytes, json);
}

void tell_of_failure(const DrivenRun& driven) {
    const Run& run = driven.run();
    if (!run.ranks().leads()) return;
    std::cerr << "lora: step " << run.steps_done() << " of " << run.total_steps()
              << (driven.why_not_saved() ? " was not saved (" + *driven.why_not_saved() + ")" : " is saved")
              << "; once what stopped it is mended, go on with: lora train --resume " << run.folder() << '\n';
}

} // namespace lora
