#pragma once
// This test program as `lora serve` is: the front, and the engine behind it, on a work without a model whose
// runs go on until they are stopped.

#include "engine/serving/engine_host.h"
#include "engine/serving/front.h"
#include "engine/serving/meeting_folder.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string_view>
#include <thread>

#include <unistd.h>

namespace lora {

/// A model and a run that are told of and do not exist.
class ScriptedWork {
public:
    explicit ScriptedWork(Emit emit) : emit_(std::move(emit)) {}

    void attempt(const Request& request) {
        if (const auto* load = std::get_if<LoadModel>(&request.command)) {
            ModelSummary summary;
            summary.path = load->path;
            emit_(ModelLoaded{std::make_shared<const ModelSummary>(summary), request.id});
            emit_(StateChanged{EngineState::Ready});
        } else if (const auto* start = std::get_if<StartRun>(&request.command)) {
            running_ = true;
            emit_(RunStarted{.run = {1}, .folder = start->folder, .settings = start->settings, .before = {}});
            emit_(StateChanged{EngineState::Running});
        } else if (std::holds_alternative<StopRun>(request.command)) {
            running_ = false;
            emit_(RunEnded{.run = {1}, .step = step_, .adapter = "adapter"});
            emit_(StateChanged{EngineState::Ready});
        } else if (const auto* adapter = std::get_if<LoadAdapter>(&request.command)) {
            if (adapter->path == "crash") std::raise(SIGSEGV);
            throw Error(adapter->path + ": found nothing, expected an adapter");
        }
    }
    bool busy() const { return running_; }
    void advance() {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        StepRecord record;
        record.step = ++step_;
        emit_(StepDone{{1}, record});
    }

private:
    Emit emit_;
    bool running_ = false;
    std::int64_t step_ = 0;
};

inline Work scripted_work(Emit emit) {
    const auto work = std::make_shared<ScriptedWork>(std::move(emit));
    return {.attempt = [work](const Request& request, const std::stop_token&) { work->attempt(request); },
        .busy = [work] { return work->busy(); },
        .advance = [work](const std::stop_token&) { work->advance(); }};
}

/// The program's end where its words ask for it; else -1.
inline int serve_where_asked(int count, char** words) {
    if (count < 2 || std::string_view(words[1]) != "serve") return -1;
    try {
        if (count > 2) {
            host_engine({.make_work = scripted_work,
                            .devices = {{{"cpu", "a processor", 1}}, "no GPU", 1},
                            .runs = "/runs/there",
                            .patience = std::chrono::seconds(20)},
                meeting_folder(), [] { return false; });
            return 0;
        }
        Front front(meeting_folder(), {"serve", "--engine"});
        const std::string end = front.carry(STDIN_FILENO, STDOUT_FILENO);
        if (end.empty()) return 0;
        std::cerr << "lora: " << end << std::endl;
    } catch (const std::exception& error) {
        std::cerr << "lora: " << error.what() << std::endl;
    }
    return 1;
}

} // namespace lora
