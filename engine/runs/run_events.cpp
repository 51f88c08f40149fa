#include "engine/runs/run_events.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lora {

namespace {

constexpr std::pair<EventKind, const char*> kinds[] = {{EventKind::Step, "step"},
    {EventKind::Evaluation, "evaluation"}, {EventKind::Answers, "answers"}, {EventKind::Spectrum, "spectrum"},
    {EventKind::Checkpoint, "checkpoint"}, {EventKind::Warning, "warning"}, {EventKind::Done, "done"},
    {EventKind::Error, "error"}};

Json event_of(EventKind kind) {
    for (const auto& [each, word] : kinds)
        if (each == kind) return {{"event", word}};
    return Json::object();
}

std::int64_t count(const JsonFields& fields, const char* key) {
    return fields.integer(key, 0, std::numeric_limits<std::int64_t>::max());
}

/// JSON has no infinity: it was written as null.
double number_or_infinity(const JsonFields& fields, const char* key) {
    return fields.number_or(key, std::numeric_limits<double>::infinity());
}

/// Empty where the event has none.
std::vector<std::vector<std::int64_t>> confusion_of(const JsonFields& fields, const std::string& where) {
    const Json* rows = fields.find("confusion");
    if (rows == nullptr) return {};
    std::vector<std::vector<std::int64_t>> counts;
    constexpr std::int64_t most = std::int64_t{1} << 53;
    const auto is_count = [](const Json& each) {
        return each.is_number_integer() && each >= 0 && each <= most;
    };
    const auto is_row = [&](const Json& row) {
        return row.is_array() && row.size() == rows->size() && std::all_of(row.begin(), row.end(), is_count);
    };
    if (!rows->is_array() || !std::all_of(rows->begin(), rows->end(), is_row))
        fail(where + ": confusion", "something else", "a square of counts");
    for (const Json& row : *rows) counts.push_back(row.get<std::vector<std::int64_t>>());
    return counts;
}

} // namespace

Json step_event(const StepRecord& record) {
    Json event = event_of(EventKind::Step);
    event["step"] = record.step;
    event["loss"] = record.loss;
    event["lr"] = record.lr;
    event["grad_norm"] = record.grad_norm;
    event["tokens"] = record.tokens;
    event["tokens_per_s"] = record.tokens_per_s;
    return event;
}

Json evaluation_event(const EvaluationRecord& record) {
    Json event = event_of(EventKind::Evaluation);
    event["step"] = record.step;
    event["loss"] = record.loss;
    if (record.is_of_labels()) {
        if (record.accuracy) event["accuracy"] = *record.accuracy;
        for (const Score& score : record.scores) event[score.name] = score.value;
        event["samples"] = record.learned_tokens;
        if (!record.confusion.empty()) event["confusion"] = record.confusion;
        return event;
    }
    event["perplexity"] = record.perplexity;
    event["learned_tokens"] = record.learned_tokens;
    return event;
}

Json answers_event(const AnswersRecord& record) {
    Json event = event_of(EventKind::Answers);
    event.update(to_json(record));
    return event;
}

Json spectrum_event(std::int64_t step, const Spectrum& spectrum) {
    Json event = event_of(EventKind::Spectrum);
    event["step"] = step;
    event.update(to_json(spectrum));
    return event;
}

Json alarm_event(const Alarm& alarm) {
    Json event{{"event", "alarm"}};
    event.update(to_json(alarm));
    return event;
}

Json checkpoint_event(std::int64_t step, bool best) {
    Json event = event_of(EventKind::Checkpoint);
    event["step"] = step;
    if (best) event["best"] = true;
    return event;
}

Json warning_event(const std::string& text) {
    Json event = event_of(EventKind::Warning);
    event["text"] = text;
    return event;
}

Json packing_event(std::int64_t packs, double fill) {
    return {{"event", "packing"}, {"packs", packs}, {"fill", fill}};
}

Json done_event(
    std::int64_t step, const std::string& adapter, RunEnd end, const std::optional<BestCheckpoint>& best) {
    Json event = event_of(EventKind::Done);
    event["step"] = step;
    event["adapter"] = adapter;
    event["finished"] = is_finished(end);
    event["reason"] = name(end);
    if (best) event["best"] = {{"step", best->step}, {"evaluation_loss", best->loss}};
    return event;
}

Json profile_event(const Profile& profile) {
    Json event{{"event", "profile"}, {"seconds", profile.seconds()}, {"phases", Json::array()}};
    for (std::size_t i = 0; i < phase_count; ++i) {
        const PhaseTime& time = profile.phases[i];
        if (time.times > 0)
            event["phases"].push_back(
                {{"phase", name(Phase(i))}, {"seconds", time.seconds}, {"times", time.times}});
    }
    return event;
}

Json estimate_event(const MemoryEstimate& estimate) {
    return {{"event", "estimate"}, {"total_bytes", estimate.total()}, {"process_bytes", estimate.process},
        {"weights_bytes", estimate.weights}, {"adapter_bytes", estimate.adapter},
        {"optimizer_bytes", estimate.optimizer}, {"activations_bytes", estimate.activations},
        {"work_bytes", estimate.work}};
}

Json error_event(const std::string& text) {
    Json event = event_of(EventKind::Error);
    event["text"] = text;
    return event;
}

EventKind kind_of(const Json& event) {
    const auto word = event.is_object() ? event.find("event") : event.end();
    if (word != event.end() && word->is_string())
        for (const auto& [kind, each] : kinds)
            if (word->get_ref<const std::string&>() == each) return kind;
    return EventKind::Other;
}

std::optional<std::int64_t> step_of(const Json& event) {
    const auto step = event.is_object() ? event.find("step") : event.end();
    if (step == event.end() || !step->is_number_integer() || *step < 0) return std::nullopt;
    return step->get<std::int64_t>();
}

StepRecord step_record(const Json& event, const std::string& where) {
    const JsonFields fields(event, where);
    return {count(fields, "step"), fields.number("loss"), fields.number("lr"),
        number_or_infinity(fields, "grad_norm"), count(fields, "tokens"),
        number_or_infinity(fields, "tokens_per_s")};
}

EvaluationRecord evaluation_record(const Json& event, const std::string& where) {
    const JsonFields fields(event, where);
    EvaluationRecord record;
    record.step = count(fields, "step");
    record.loss = fields.number("loss");
    if (fields.has("accuracy")) record.accuracy = fields.number("accuracy");
    for (const ScoreSheet& sheet : score_sheets())
        if (fields.has(sheet.name)) record.scores.push_back({sheet.name, fields.number(sheet.name)});
    if (record.is_of_labels()) {
        record.perplexity = std::exp(record.loss);
        record.learned_tokens = count(fields, "samples");
        record.confusion = confusion_of(fields, where);
    } else {
        record.perplexity = number_or_infinity(fields, "perplexity");
        record.learned_tokens = count(fields, "learned_tokens");
    }
    return record;
}

std::optional<RunEnd> end_of(const Json& event) {
    if (kind_of(event) != EventKind::Done) return std::nullopt;
    const Json reason = event.value("reason", Json());
    for (const RunEnd each : {RunEnd::AllSteps, RunEnd::NoGain, RunEnd::Stopped})
        if (reason == name(each)) return each;
    return event.value("finished", Json(false)) == true ? RunEnd::AllSteps : RunEnd::Stopped;
}

bool is_finished(RunEnd end) { return end != RunEnd::Stopped; }

bool says_finished(const Json& event) {
    const auto end = end_of(event);
    return end && is_finished(*end);
}

} // namespace lora
