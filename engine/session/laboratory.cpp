#include "engine/session/laboratory.h"

#include "engine/adapters/gguf_adapter.h"
#include "engine/adapters/gguf_adapter_file.h"
#include "engine/adapters/gguf_packing.h"
#include "engine/adapters/loralib.h"
#include "engine/adapters/merge.h"
#include "engine/adapters/merged_gguf.h"
#include "engine/adapters/peft.h"
#include "engine/adapters/truncate.h"
#include "engine/analysis/spectrum.h"
#include "engine/analysis/subspace.h"
#include "engine/devices/failure.h"
#include "engine/error.h"
#include "engine/files/mapping_guard.h"
#include "engine/training/advice_rows.h"
#include "engine/training/classes.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <ATen/Device.h>

namespace lora {

namespace {

std::size_t measured(const RankAdvice& advice) {
    return static_cast<std::size_t>(std::count_if(advice.points.begin(), advice.points.end(),
        [](const AdvicePoint& point) { return point.loss.has_value(); }));
}

} // namespace

Laboratory::Laboratory(Emit emit) : emit_(std::move(emit)) {}

void Laboratory::tell(const Advising& advising, bool finished) {
    emit_(RankAdvised{std::make_shared<const RankAdvice>(advising.advisor->advice()), finished, request_});
}

void Laboratory::tell(const Comparing& comparing, AnswerState state) {
    emit_(WeightsCompared{
        std::make_shared<const WeightComparisons>(comparing->comparisons()), state, request_});
}

void Laboratory::carry_out(const CompareAdapters& command, LoadedModel& loaded, const Adapter& adapter,
    const std::stop_token& stop) {
    OpenedAdapter other = open_adapter(command.path, at::kCPU);
    other.adapter = with_widths_of(*loaded.model, std::move(other.adapter));
    for (const std::string& note : other.notes) emit_(Warning{note});
    auto comparison = std::make_shared<AdapterComparison>(compare(adapter, other.adapter, stop));
    comparison->second = command.path;
    emit_(AdaptersCompared{std::move(comparison), request_});
}

std::shared_ptr<const SpectraOfStep> Laboratory::measure(const Adapter& adapter, Model& model) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = std::make_shared<SpectraOfStep>();
    result->spectra = spectra(adapter, model);
    norms_.relate(result->spectra, model);
    result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

void Laboratory::carry_out(
    const CompareWithWeights& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token&) {
    work_ =
        std::make_unique<WeightComparer>(adapter, *loaded.model, command.questions, command.paths, *weights_);
}

void Laboratory::carry_out(
    const AdviseRank& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token& stop) {
    const AdviceQuestions questions{command.ranks, command.spread};
    if (command.data.train.empty() && command.data.eval.empty()) {
        emit_(RankAdvised{std::make_shared<const RankAdvice>(advise(adapter, questions)), true, request_});
        return;
    }
    if (command.batch < 1) fail("batch", std::to_string(command.batch), "at least 1");
    RowsOfAdvice of_data =
        rows_of_advice(command.data, loaded.tokenizer, goal_of(adapter.head, *loaded.model), stop);
    Advising advising{std::move(of_data.data), nullptr};
    Samples& examples = advising.data.examples;
    if (command.samples > 0) examples = examples.first(static_cast<std::size_t>(command.samples));
    advising.advisor = std::make_unique<RankAdvisor>(
        adapter, *loaded.model, examples, command.batch, questions, of_data.rows);
    tell(advising, false);
    work_ = std::move(advising);
}

void Laboratory::carry_out(
    const SaveTruncated& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token&) {
    std::vector<std::int64_t> ranks;
    for (const auto& target : adapter.targets) {
        const auto found = std::find_if(command.ranks.begin(), command.ranks.end(),
            [&](const auto& wanted) { return wanted.first == target.path; });
        ranks.push_back(found == command.ranks.end() ? target.update.rank() : found->second);
    }
    write_peft(command.folder, truncate(adapter, ranks), loaded.summary);
    emit_(AdapterSaved{command.folder});
}

void Laboratory::carry_out(
    const MergeModel& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token& stop) {
    const auto progress = [&](std::int64_t done, std::int64_t total) {
        emit_(AnalysisProgress{"Merging the model", done, total, request_});
    };
    const std::string& base = loaded.summary.path;
    MergedModel merged =
        command.gguf.empty()
            ? merge(base, adapter, command.path, default_shard_bytes, progress, stop)
            : merge_to_gguf(base, adapter, command.path, written_type(command.gguf), progress, stop);
    emit_(ModelMerged{merged.path, merged.bytes, std::move(merged.notes)});
}

void Laboratory::carry_out(
    const ExportGguf& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token&) {
    write_gguf_adapter(command.file, gguf_adapter_bytes(adapter, open_weights(loaded.summary.path).config()));
    emit_(AdapterExported{command.file});
}

void Laboratory::advance() {
    try {
        if (auto* comparing = std::get_if<Comparing>(&work_))
            go_on(*comparing);
        else if (auto* advising = std::get_if<Advising>(&work_))
            go_on(*advising);
    } catch (const std::exception& failure) {
        const bool advice = std::holds_alternative<Advising>(work_);
        let_go();
        emit_(Refused{
            {request_, advice ? Command(AdviseRank()) : Command(CompareWithWeights())}, error_of(failure)});
    }
}

void Laboratory::go_on(Comparing& comparing) {
    if (comparing->done() < comparing->total()) comparing->advance();
    need_unchanged_files();
    const auto done = static_cast<std::int64_t>(comparing->done());
    const auto total = static_cast<std::int64_t>(comparing->total());
    emit_(AnalysisProgress{"Comparing with the weights", done, total, request_});
    if (done < total) {
        // Each time all of them: often enough to be watched, seldom enough to cost nothing.
        if (done % std::max<std::int64_t>(1, total / 16) == 0) tell(comparing, AnswerState::UnderWay);
        return;
    }
    tell(comparing, AnswerState::Finished);
    let_go();
}

void Laboratory::go_on(Advising& advising) {
    RankAdvisor& advisor = *advising.advisor;
    advisor.advance();
    need_unchanged_files();
    emit_(
        AnalysisProgress{"Measuring the loss at each rank", static_cast<std::int64_t>(advisor.batches_done()),
            static_cast<std::int64_t>(advisor.total_batches()), request_});
    const std::size_t points = measured(advisor.advice());
    if (std::exchange(advising.told, points) != points) tell(advising, advisor.is_over());
    if (advisor.is_over()) let_go();
}

void Laboratory::stop() {
    if (const auto* comparing = std::get_if<Comparing>(&work_)) tell(*comparing, AnswerState::Stopped);
    if (const auto* advising = std::get_if<Advising>(&work_)) tell(*advising, true);
    let_go();
}

void Laboratory::let_go_of_model() {
    let_go();
    weights_ = std::make_unique<WeightDecompositions>();
    norms_ = WeightNorms();
}

} // namespace lora
