#pragma once
// A run's events as JSON objects: lines of events.jsonl and of `lora train --json`. Their names stand here
// alone.

#include "engine/files/json.h"
#include "engine/machine/profile.h"
#include "engine/measures/health.h"
#include "engine/measures/spectrum_values.h"
#include "engine/runs/answers_record.h"
#include "engine/runs/run_record.h"
#include "engine/settings/memory_estimate.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lora {

Json step_event(const StepRecord& record);
Json evaluation_event(const EvaluationRecord& record);
Json answers_event(const AnswersRecord& record);
/// One target's spectrum after `step` steps.
Json spectrum_event(std::int64_t step, const Spectrum& spectrum);
Json alarm_event(const Alarm& alarm);
/// `best`: no evaluation so far had a lower loss than this step's.
Json checkpoint_event(std::int64_t step, bool best = false);
Json warning_event(const std::string& text);
/// How the training samples are packed.
Json packing_event(std::int64_t packs, double fill);
/// The end of a run after `step` steps; `adapter` is its result's folder, `best` what was better before.
Json done_event(std::int64_t step, const std::string& adapter, RunEnd end,
    const std::optional<BestCheckpoint>& best = {});
/// Phases that took no time are left out.
Json profile_event(const Profile& profile);
Json estimate_event(const MemoryEstimate& estimate);
Json error_event(const std::string& text);

enum class EventKind { Step, Evaluation, Answers, Spectrum, Checkpoint, Warning, Done, Error, Other };

/// Other for what is no event or not known.
EventKind kind_of(const Json& event);
/// The number of finished steps that the event speaks of; none if it speaks of none.
std::optional<std::int64_t> step_of(const Json& event);

/// Back from the events of these kinds; fields beyond ours are passed over. Each throws Error naming `where`.
StepRecord step_record(const Json& event, const std::string& where);
EvaluationRecord evaluation_record(const Json& event, const std::string& where);
/// Why the run ended, of a done event; none of other events. One without a reason says only whether all steps
/// were done.
std::optional<RunEnd> end_of(const Json& event);
/// Whether that leaves nothing to be done.
bool is_finished(RunEnd end);
/// The same of an event; false of other events.
bool says_finished(const Json& event);

} // namespace lora
