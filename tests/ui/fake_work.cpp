#include "tests/ui/fake_work.h"

#include "engine/error.h"
#include "engine/method_sheets/method_sheet.h"
#include "engine/runs/run_folder.h"
#include "engine/targets/savings.h"
#include "engine/targets/targets.h"
#include "engine/targets/weight_selection.h"
#include "tests/ui/scripted_answers.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

namespace lora {

namespace {

/// A number in [0, 1) that depends on both arguments and nothing else.
double noise(std::int64_t a, std::int64_t b) {
    const double mixed =
        std::sin(static_cast<double>(a) * 12.9898 + static_cast<double>(b) * 78.233) * 43758.5453;
    return mixed - std::floor(mixed);
}

class Fake {
public:
    Fake(Emit emit, std::shared_ptr<FakeScript> script)
        : emit_(std::move(emit)), script_(std::move(script)) {}

    void attempt(const Request& request, const std::stop_token& stop) {
        script_->attempt(request.command, stop);
        request_ = request.id;
        std::visit([this](const auto& each) { take(each); }, request.command);
    }
    bool busy() const { return running_; }
    void advance();

private:
    template <class Other>
    void take(const Other&) {}
    void take(const LoadModel& load);
    void take(const LoadDataset& load);
    void take(const StartRun& start);
    void take(const PauseRun&) { rest(EngineState::Paused); }
    void take(const ContinueRun&) { go(); }
    void take(const StopRun&);
    void take(const SaveNow&) { emit_(CheckpointSaved{run_, step_, folder_ + "/checkpoints"}); }
    void take(const OpenRun& open);
    void take(const LoadAdapter& load);
    void take(const UnloadAdapter&) {
        targets_.clear();
        emit_(AdapterChanged{});
    }
    void take(const Generate& generate);
    void take(const StopAnalysis&);
    void take(const CompareAdapters& compare);
    void take(const CompareWithWeights& compare);
    void take(const AdviseRank& advise);
    void take(const SaveTruncated& save);
    void take(const MergeModel& merge) { emit_(ModelMerged{merge.path, 270'000'000, {}}); }
    void take(const ExportGguf& save) { emit_(AdapterExported{save.file}); }

    void rest(EngineState state) {
        running_ = false;
        emit_(StateChanged{state});
    }
    void go() {
        running_ = true;
        emit_(StateChanged{EngineState::Running});
    }
    StepRecord record(std::int64_t step) const;
    double loss(std::int64_t step) const {
        return 0.35 + 2.2 * std::exp(-static_cast<double>(step) / (0.22 * total_));
    }
    std::shared_ptr<const SpectraOfStep> spectra(std::int64_t step) const;
    SimilarityMap similarity(std::int64_t seed, double first) const;
    void announce_adapter(const std::string& name);
    void end(bool finished);

    Emit emit_;
    std::shared_ptr<FakeScript> script_;
    std::shared_ptr<const ModelSummary> model_;
    RunSettings settings_;
    std::vector<std::string> targets_;
    std::string folder_;
    RunId run_;
    RequestId request_;   ///< the last one
    RequestId comparing_; ///< the comparison that goes on; 0: none
    std::int64_t step_ = 0;
    double total_ = 1;
    bool running_ = false;
    Profile profile_;
};

void Fake::take(const LoadModel& load) {
    ++script_->loads;
    emit_(Progress{"Loading the model", 9, 10});
    if (!script_->refuse_model.empty()) throw Error(script_->refuse_model);
    emit_(StateChanged{EngineState::Loading});
    ModelSummary summary = smollm2_summary();
    summary.path = load.path;
    model_ = std::make_shared<const ModelSummary>(std::move(summary));
    emit_(ModelLoaded{model_, request_});
    emit_(AdapterChanged{});
    emit_(StateChanged{EngineState::Ready});
}

void Fake::take(const LoadDataset& load) {
    if (!script_->refuse_data.empty() && load.data.train == script_->refuse_data)
        throw Error(load.data.train + ": line 1: found nothing, expected a sample");
    emit_(StateChanged{EngineState::Loading});
    DatasetSummary summary = sample_summary(380, script_->cut);
    summary.path = load.data.train;
    emit_(DatasetLoaded{std::make_shared<const DatasetSummary>(std::move(summary)), nullptr, request_});
    emit_(StateChanged{EngineState::Ready});
}

void Fake::take(const StartRun& start) {
    ++script_->starts;
    settings_ = start.settings;
    script_->method = start.settings.method;
    const bool all = settings_.lora.selection.targets == everything;
    targets_ =
        select_targets(model_->linears, all ? TargetSelection{"all-linear", ""} : settings_.lora.selection);
    folder_ = start.folder;
    ++run_.value;
    step_ = 0;
    total_ = static_cast<double>(script_->total_steps);
    emit_(RunStarted{run_, folder_, settings_, script_->total_steps, 1, nullptr});
    if (trains_weights(settings_.method))
        emit_(AdapterChanged{});
    else
        announce_adapter(folder_);
    emit_(EvaluationDone{run_, {0, loss(0), std::exp(loss(0)), 900}});
    if (!trains_weights(settings_.method)) emit_(SpectraDone{run_, spectra(0)});
    go();
}

void Fake::take(const StopRun&) {
    ++script_->stops;
    if (run_.value == 0 || model_ == nullptr) return;
    emit_(StateChanged{EngineState::Stopping});
    end(false);
}

void Fake::take(const OpenRun& open) {
    RunRecord record;
    record.folder = open.folder;
    record.settings = settings_;
    record.total_steps = 100;
    record.checkpoint = 50;
    total_ = 100;
    for (std::int64_t step = 1; step <= 60; ++step) record.steps.push_back(this->record(step));
    targets_ = model_ ? select_targets(model_->linears, {"attention-qv", ""}) : targets_;
    record.spectra.push_back(spectra(50));
    emit_(RunOpened{std::make_shared<const RunRecord>(record)});
    emit_(StateChanged{EngineState::Ready});
}

void Fake::take(const LoadAdapter& load) {
    targets_ = select_targets(model_->linears, {"attention-qv", ""});
    settings_.lora.rank = 8;
    total_ = 100;
    announce_adapter(load.path);
    emit_(SpectraDone{RunId{}, spectra(100)});
}

void Fake::take(const Generate& generate) {
    for (const auto& [pane, text] : scripted_answers(generate, !targets_.empty())) {
        for (std::size_t at = 0; at < text.size(); at += 5)
            emit_(scripted_piece(pane, text.substr(at, 5), request_));
        if (script_->answers_end)
            emit_(GenerationEnded{pane, static_cast<std::int64_t>(text.size() / 4), 31.5, request_});
    }
}

void Fake::announce_adapter(const std::string& name) {
    const std::int64_t count = model_ ? count_savings(*model_, targets_, settings_.lora.rank).trainable : 0;
    emit_(AdapterChanged{name, targets_, settings_.lora.rank, settings_.lora.alpha, count});
}

SimilarityMap Fake::similarity(std::int64_t seed, double first) const {
    const std::int64_t rank = settings_.lora.rank;
    SimilarityMap map{rank, rank, {}};
    for (std::int64_t i = 1; i <= rank; ++i)
        for (std::int64_t j = 1; j <= rank; ++j)
            map.values.push_back(
                std::min(1.0, first / (0.7 + 0.3 * static_cast<double>(std::min(i, j)))
                                  + 0.08 * noise(seed + i, j) + static_cast<double>(std::max(i, j)) / 576));
    return map;
}

void Fake::take(const CompareAdapters& compare) {
    auto made = std::make_shared<AdapterComparison>();
    made->first = folder_;
    made->second = compare.path;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const auto seed = static_cast<std::int64_t>(i);
        TargetComparison target;
        target.path = targets_[i];
        target.in = target.out = 576;
        target.A = similarity(seed, 0.9);
        target.inputs = target.outputs = similarity(seed + 50, 0.55 + 0.2 * noise(seed, 4));
        target.input_angles = target.output_angles = {12.5, 41, 66, 80, 84, 87, 88, 89};
        target.cosine = 0.3 + 0.2 * noise(seed, 3);
        target.shared_inputs = target.shared_outputs = 0.4;
        target.norm_1 = target.norm_2 = 1.5;
        target.dot = target.cosine * 2.25;
        target.same_start = script_->same_start;
        made->targets.push_back(std::move(target));
    }
    emit_(AdaptersCompared{std::move(made), request_});
}

void Fake::take(const CompareWithWeights& compare) {
    auto made = std::make_shared<WeightComparisons>();
    made->questions = compare.questions;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const auto seed = static_cast<std::int64_t>(i);
        emit_(AnalysisProgress{
            "Comparing with the weights", seed, static_cast<std::int64_t>(targets_.size()), request_});
        WeightComparison target;
        target.path = targets_[i];
        target.in = target.out = 576;
        target.rank = settings_.lora.rank;
        target.weight_norm = 30 + 10 * noise(seed, 1);
        target.update_norm = 1 + noise(seed, 2);
        target.projected_norm = 0.6 + 0.5 * noise(seed, 3);
        target.random_norm = 8 * target.weight_norm / 576;
        target.amplification = target.update_norm / target.projected_norm;
        if (compare.questions.directions) {
            target.top_norm = 14 + noise(seed, 4);
            target.inputs = target.outputs = similarity(seed, 0.15);
        }
        if (compare.questions.intruders) {
            target.intruders.emplace();
            for (int k = 0; k < 10; ++k)
                target.intruders->directions.push_back({5.0 - 0.3 * k, k == 3 ? 0.2 : 0.97, k == 3});
            target.intruders->count = 1;
            target.intruders->share = 0.08;
        }
        made->targets.push_back(std::move(target));
    }
    const bool ends = script_->answers_end;
    comparing_ = ends ? RequestId{} : request_;
    emit_(WeightsCompared{std::move(made), ends ? AnswerState::Finished : AnswerState::UnderWay, request_});
}

void Fake::take(const StopAnalysis&) {
    if (comparing_ != RequestId{})
        emit_(WeightsCompared{std::make_shared<WeightComparisons>(), AnswerState::Stopped, comparing_});
    comparing_ = {};
}

void Fake::take(const AdviseRank& advise) {
    auto made = std::make_shared<RankAdvice>(unmeasuredAdvice(advise));
    const auto last = spectra(static_cast<std::int64_t>(total_));
    for (const Spectrum& spectrum : last->spectra)
        made->candidates.push_back({spectrum.path, spectrum.singular_values, 1152});
    for (const std::int64_t rank : ranks_to_try(settings_.lora.rank)) {
        AdvicePoint point;
        point.rank = rank;
        point.ranks = ranks_up_to(made->candidates, rank);
        point.parameters = parameters_of(made->candidates, point.ranks);
        point.kept_energy = kept_energy(made->candidates, point.ranks);
        if (made->rows != AdviceRows::None)
            point.loss = 0.41 + 2.1 * std::exp(-1.9 * static_cast<double>(rank));
        made->points.push_back(std::move(point));
        emit_(RankAdvised{std::make_shared<const RankAdvice>(*made), rank == settings_.lora.rank, request_});
    }
}

void Fake::take(const SaveTruncated& save) {
    script_->truncated_targets = static_cast<int>(save.ranks.size());
    script_->truncated_rank = save.ranks.empty() ? 0 : static_cast<int>(save.ranks.front().second);
    emit_(AdapterSaved{save.folder});
}

StepRecord Fake::record(std::int64_t step) const {
    const double at = loss(step);
    return {step, at * (0.85 + 0.3 * noise(step, 1)), 5e-4 * (1 - static_cast<double>(step) / total_),
        0.4 + noise(step, 2), 512, 640 + 60 * noise(step, 3)};
}

void Fake::advance() {
    if (script_->step_wait_ms > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(script_->step_wait_ms));
    ++step_;
    if (step_ == script_->fail_at_step) {
        running_ = false;
        emit_(Failed{run_,
            "step 3, batch 3: found a loss of nan, expected a finite number; try a lower learning rate"});
        emit_(StateChanged{EngineState::Failed});
        return;
    }
    profile_.add(Phase::Attention, 0.2);
    profile_.add(Phase::Backward, 0.6);
    emit_(StepDone{run_, record(step_), script_->total_steps, 0.8,
        0.8 * (total_ - static_cast<double>(step_)), 1'260'000'000, 1'480'000'000, profile_});
    const std::int64_t every = settings_.training.spectrum_every;
    if (step_ == script_->total_steps || (every > 0 && step_ % every == 0))
        emit_(SpectraDone{run_, spectra(step_)});
    if (step_ % std::max<std::int64_t>(1, script_->total_steps / 5) == 0)
        emit_(EvaluationDone{run_, {step_, loss(step_) * 1.06, std::exp(loss(step_)), 900}});
    if (step_ == script_->alarm_at_step)
        emit_(AlarmRaised{run_, {AlarmKind::StillZero, {targets_.front()}, step_, "One target has not moved.",
                                    "Leave it out of the targets."}});
    if (step_ == script_->pause_at_step) return rest(EngineState::Paused);
    if (step_ >= script_->total_steps) end(true);
}

void Fake::end(bool finished) {
    emit_(RunEnded{run_, finished, step_, result_path(folder_, settings_.method)});
    if (trains_weights(settings_.method))
        emit_(AdapterChanged{.name = folder_, .targets = targets_, .weights = true});
    rest(EngineState::Ready);
}

std::shared_ptr<const SpectraOfStep> Fake::spectra(std::int64_t step) const {
    auto made = std::make_shared<SpectraOfStep>();
    made->step = step;
    made->seconds = 0.01;
    const double learned = 1 - std::exp(-3.0 * static_cast<double>(step) / total_);
    for (std::size_t target = 0; target < targets_.size(); ++target) {
        const auto seed = static_cast<std::int64_t>(target);
        const double decay = 0.45 + 0.5 * noise(seed, 7) * (1 - 0.3 * learned);
        Spectrum each{targets_[target], {}, {}};
        for (std::int64_t i = 0; i < settings_.lora.rank; ++i)
            each.singular_values.push_back(
                learned * (1.5 + noise(seed, 5)) * std::pow(decay, static_cast<double>(i)) * 0.6);
        each.measures = rank_measures(each.singular_values);
        if (!trains_weights(settings_.method)) each.measures.rank = settings_.lora.rank;
        made->spectra.push_back(std::move(each));
    }
    return made;
}

} // namespace

ModelSummary smollm2_summary() {
    ModelSummary model;
    model.name = "SmolLM2-135M-Instruct";
    model.model_type = "llama";
    model.format = "GGUF Q4_1";
    model.parameters = 134'515'008;
    model.layers = 30;
    model.hidden_size = 576;
    model.vocab_size = 49152;
    model.context_length = 8192;
    model.device = "cpu";
    model.dtype = "float32";
    model.weight_bytes = 538'060'032;
    model.has_chat_template = true;
    const struct {
        const char* group;
        const char* module;
        std::int64_t in, out;
    } parts[] = {{"self_attn", "q_proj", 576, 576}, {"self_attn", "k_proj", 576, 192},
        {"self_attn", "v_proj", 576, 192}, {"self_attn", "o_proj", 576, 576}, {"mlp", "gate_proj", 576, 1536},
        {"mlp", "up_proj", 576, 1536}, {"mlp", "down_proj", 1536, 576}};
    for (std::int64_t layer = 0; layer < model.layers; ++layer)
        for (const auto& part : parts)
            model.linears.push_back(
                {"model.layers." + std::to_string(layer) + "." + part.group + "." + part.module, layer,
                    part.module, part.group, part.in, part.out});
    return model;
}

DatasetSummary sample_summary(std::int64_t samples, std::int64_t cut) {
    DatasetSummary data;
    data.rows = samples + 20;
    data.samples = samples;
    data.held_out = 20;
    data.cut = cut;
    for (std::int64_t row = 0; row < data.rows; ++row)
        ++data.lengths[18 + row * row * 60 / (data.rows * data.rows)];
    for (const auto& [length, rows] : data.lengths) data.tokens += length * rows;
    data.learned_tokens = data.tokens * 2 / 5;
    data.preview = {{{"Switch the lamp in the hall off.\n", false},
                        {R"({"do":"switch","what":"lamp"})", true}, {"<|im_end|>", true}},
        {{"Close both blinds in the study\n", false}, {R"({"do":"close","what":"blind"})", true},
            {"<|im_end|>", true}}};
    if (cut > 0)
        data.warnings.push_back(std::to_string(cut) + " samples are longer than the limit and were cut.");
    return data;
}

Work fake_work(Emit emit, std::shared_ptr<FakeScript> script) {
    auto fake = std::make_shared<Fake>(std::move(emit), std::move(script));
    return {[fake](const Request& request, std::stop_token stop) { fake->attempt(request, stop); },
        [fake] { return fake->busy(); }, [fake](std::stop_token) { fake->advance(); }};
}

} // namespace lora
