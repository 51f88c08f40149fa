// What a run answers at its evaluations, as one of its units of work.

#include "engine/files/mapping_guard.h"
#include "engine/runs/run_events.h"
#include "engine/training/run.h"

namespace lora {

std::optional<AnswersRecord> Run::answer(const std::stop_token& stop) {
    if (!ranks_->leads()) return std::nullopt;
    const Timed timed(&profile_, Phase::Evaluation);
    std::optional<AnswersRecord> record = answering_.advance(steps_done_);
    // Alone, each token is a unit of work; other ranks wait for the whole.
    while (!record && !ranks_->is_alone() && !stop.stop_requested()) record = answering_.advance(steps_done_);
    if (!record) return std::nullopt;
    need_unchanged_files();
    log(answers_event(*record));
    return record;
}

} // namespace lora
