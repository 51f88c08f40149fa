#pragma once
// The survey of a dataset on the engine's thread: a little at a time, beside whatever else the session does.
// Knows no torch.

#include "engine/survey/survey.h"
#include "engine/survey/text_search.h"
#include "engine/worker/worker.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lora {

/// What of a model decides how rows are fed to it.
struct SurveyedModel {
    Tokenizer tokenizer;
    Goal goal;
};

class SurveyWork {
public:
    /// `open` is asked for a model by its path, on the engine's thread.
    SurveyWork(Emit emit, std::function<SurveyedModel(const std::string& path)> open);

    /// Carries the request out, or begins to; false, and nothing is done, for one of another kind. What goes
    /// wrong is told in the answer's event.
    bool take(const Request& request);
    bool busy() const { return counts_on_ || search_ != nullptr; }
    /// Some hundredths of a second of what is under way.
    void advance();

private:
    void begin(const SurveyData& command, RequestId id);
    void show(const ShowRow& command, RequestId id);
    void stop();
    void advance_counting();
    void advance_search();
    std::optional<std::int64_t> sought(const ShowRow& command) const;
    void answer(RequestId id, std::optional<std::int64_t> index);
    void tell_counts(AnswerState state, const std::string& fault = {});

    Emit emit_;
    std::function<SurveyedModel(const std::string& path)> open_;
    std::string model_path_; ///< of model_
    std::optional<SurveyedModel> model_;
    std::unique_ptr<Survey> survey_;
    RequestId survey_id_;
    bool counts_on_ = false;
    std::unique_ptr<TextSearch> search_;
    RequestId search_id_;
    std::chrono::steady_clock::time_point told_; ///< when progress was told last
};

} // namespace lora
