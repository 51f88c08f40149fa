#include "tests/ui/restless_engine.h"

#include "engine/error.h"
#include "tests/ui/fake_work.h"
#include "tests/ui/monkey_chance.h"

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

namespace lora {

namespace {

namespace fs = std::filesystem;

void wait(Chance& chance, int most_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(chance.between(0, most_ms)));
}

Emit noting(Emit emit, LastSaid said) {
    return [emit = std::move(emit), said = std::move(said)](Event event) {
        const auto* now = std::get_if<StateChanged>(&event);
        const EngineState state = now ? now->state : EngineState::Empty;
        emit(std::move(event));
        if (now) *said = state;
    };
}

/// Refused by the engine, and not known to the script.
bool is_foreign(const Command& command) {
    return std::holds_alternative<ResumeRun>(command) || std::holds_alternative<StartSweep>(command)
           || std::holds_alternative<ResumeSweep>(command) || std::holds_alternative<SurveyData>(command)
           || std::holds_alternative<ShowRow>(command);
}

/// What the engine refuses while a run is active, and the script does not.
bool needs_rest(const Command& command) {
    return std::holds_alternative<LoadModel>(command) || std::holds_alternative<LoadDataset>(command)
           || std::holds_alternative<StartRun>(command) || std::holds_alternative<OpenRun>(command)
           || std::holds_alternative<LoadAdapter>(command) || std::holds_alternative<UnloadAdapter>(command);
}

bool needs_model(const Command& command) {
    return std::holds_alternative<LoadDataset>(command) || std::holds_alternative<StartRun>(command)
           || std::holds_alternative<LoadAdapter>(command);
}

std::shared_ptr<FakeScript> any_script(Chance& chance) {
    auto script = std::make_shared<FakeScript>();
    script->total_steps = chance.between(1, 2000);
    script->step_wait_ms = chance.between(0, 4);
    script->cut = chance.between(0, 3);
    script->same_start = chance.oneIn(2);
    script->answers_end = !chance.oneIn(4);
    if (chance.oneIn(4)) script->fail_at_step = chance.between(1, 100);
    if (chance.oneIn(4)) script->pause_at_step = chance.between(1, 100);
    if (chance.oneIn(2)) script->alarm_at_step = chance.between(1, 50);
    return script;
}

void lay_run(const std::string& folder) {
    std::error_code ignored; // a folder that was damaged meanwhile
    fs::create_directories(folder, ignored);
    fs::copy(FIXTURES "/trained_runs/healthy-lora", folder, fs::copy_options::skip_existing, ignored);
}

} // namespace

std::function<Work(Emit)> restlessScript(std::uint64_t seed, LastSaid said) {
    auto windows = std::make_shared<std::atomic<std::uint64_t>>(0);
    return [=](Emit emit) -> Work {
        auto chance = std::make_shared<Chance>(seed * 1000 + ++*windows);
        *said = EngineState::Empty;
        const Work inner = fake_work(noting(std::move(emit), said), any_script(*chance));
        auto active = std::make_shared<bool>(false);
        auto hasModel = std::make_shared<bool>(false);
        return {[=](const Request& request, const std::stop_token& stop) {
                    const Command& command = request.command;
                    if (chance->oneIn(4)) wait(*chance, 60);
                    if (chance->oneIn(12) || is_foreign(command))
                        throw Error("refused: <b>by chance</b>, 50 %");
                    const EngineState now = *said;
                    const bool isActive = now == EngineState::Running || now == EngineState::Paused;
                    if (isActive && needs_rest(command)) throw Error("a run is active");
                    if (!*hasModel && needs_model(command)) throw Error("no model is open");
                    if (!isActive
                        && (std::holds_alternative<ContinueRun>(command)
                            || std::holds_alternative<PauseRun>(command)
                            || std::holds_alternative<StopRun>(command)))
                        return;
                    if (const auto* start = std::get_if<StartRun>(&command)) lay_run(start->folder);
                    inner.attempt(request, stop);
                    if (std::holds_alternative<LoadModel>(command)) *hasModel = true;
                },
            inner.busy, inner.advance};
    };
}

std::function<Work(Emit)> restless(std::function<Work(Emit)> engine, std::uint64_t seed, LastSaid said) {
    auto windows = std::make_shared<std::atomic<std::uint64_t>>(0);
    return [=](Emit emit) -> Work {
        auto chance = std::make_shared<Chance>(seed * 1000 + ++*windows);
        *said = EngineState::Empty;
        const Work inner = engine(noting(std::move(emit), said));
        return {[=](const Request& request, const std::stop_token& stop) {
                    if (chance->oneIn(4)) wait(*chance, 60);
                    inner.attempt(request, stop);
                },
            inner.busy, inner.advance};
    };
}

} // namespace lora
