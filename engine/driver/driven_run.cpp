#include "engine/driver/driven_run.h"

#include "engine/devices/failure.h"
#include "engine/devices/memory.h"
#include "engine/runs/run_record.h"

#include <chrono>
#include <exception>
#include <utility>

namespace lora {

std::unique_ptr<DrivenRun> DrivenRun::start(const RunSettings& settings, const std::string& folder,
    LoadedModel& loaded, const std::stop_token& stop, std::shared_ptr<RankGroup> ranks,
    const ReadProgress& progress) {
    auto run = Run::start(settings, folder, loaded, stop, std::move(ranks), progress);
    return std::unique_ptr<DrivenRun>(new DrivenRun(std::move(run), /*is_resumed=*/false, nullptr));
}

std::unique_ptr<DrivenRun> DrivenRun::resume(const std::string& folder, LoadedModel& loaded,
    const std::stop_token& stop, const ResumeWish& wish, std::shared_ptr<RankGroup> ranks,
    const ReadProgress& progress) {
    auto run = Run::resume(folder, loaded, stop, wish, std::move(ranks), progress); // cuts later events
    std::shared_ptr<const RunRecord> before;
    if (run->steps_done() > 0) before = std::make_shared<const RunRecord>(read_run_curves(run->folder()));
    return std::unique_ptr<DrivenRun>(new DrivenRun(std::move(run), /*is_resumed=*/true, std::move(before)));
}

DrivenRun::DrivenRun(std::unique_ptr<Run> run, bool is_resumed, std::shared_ptr<const RunRecord> before)
    : run_(std::move(run)), is_resumed_(is_resumed), before_(std::move(before)),
      health_(before_ ? HealthWatch(*before_) : HealthWatch(run_->settings().method)),
      told_notes_(run_->notes().size()) {}

std::optional<RunNews> DrivenRun::advance(const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    try {
        auto event = run_->advance(stop);
        if (!event) return std::nullopt;
        RunNews news{std::move(*event), std::chrono::duration<double>(Clock::now() - begin).count()};
        if (std::holds_alternative<StepRecord>(news.event)) news.memory = measure_memory(run_->device());
        news.alarms = alarms_of(news);
        news.notes = new_notes();
        return news;
    } catch (...) {
        try {
            run_->save();
        } catch (const std::exception& failure) {
            why_not_saved_ = message_of(failure);
        }
        throw;
    }
}

RunNews DrivenRun::save() { return {run_->save()}; }

RunNews DrivenRun::end() {
    try {
        RunNews news{run_->end()};
        news.alarms = health_.end();
        return news;
    } catch (const std::exception& failure) {
        why_not_saved_ = message_of(failure);
        throw;
    }
}

std::shared_ptr<const SpectraOfStep> DrivenRun::quick_spectra() {
    return trains_weights(run_->settings().method) ? nullptr : run_->measure();
}

std::vector<std::string> DrivenRun::new_notes() {
    const std::vector<std::string>& all = run_->notes();
    std::vector<std::string> fresh(all.begin() + static_cast<std::ptrdiff_t>(told_notes_), all.end());
    told_notes_ = all.size();
    return fresh;
}

std::vector<Alarm> DrivenRun::alarms_of(const StepRecord& step, const MemoryUse& memory) {
    std::vector<Alarm> alarms = health_.add(step);
    if (auto near = memory_health_.add_step(step.step, memory.now_bytes, free_memory(run_->device())))
        alarms.push_back(std::move(*near));
    return alarms;
}

std::vector<Alarm> DrivenRun::alarms_of(const RunNews& news) {
    const RunEvent& event = news.event;
    if (const auto* step = std::get_if<StepRecord>(&event)) return alarms_of(*step, news.memory);
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&event)) return health_.add(*evaluation);
    if (const auto* spectra = std::get_if<std::shared_ptr<const SpectraOfStep>>(&event))
        return health_.add(*spectra);
    return std::holds_alternative<EndRecord>(event) ? health_.end() : std::vector<Alarm>();
}

} // namespace lora
