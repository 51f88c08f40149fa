#include "engine/session/survey_work.h"

#include "engine/run_settings/new_tokens.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;

/// A training step waits so long for it at most.
constexpr std::chrono::milliseconds turn(20);
constexpr std::chrono::milliseconds told_every(250);
constexpr std::int64_t block = 50; ///< rows shown together

} // namespace

SurveyWork::SurveyWork(Emit emit, std::function<SurveyedModel(const std::string& path)> open)
    : emit_(std::move(emit)), open_(std::move(open)) {}

bool SurveyWork::take(const Request& request) {
    if (const auto* survey = std::get_if<SurveyData>(&request.command))
        begin(*survey, request.id);
    else if (const auto* row = std::get_if<ShowRow>(&request.command))
        show(*row, request.id);
    else if (std::holds_alternative<StopSurvey>(request.command))
        stop();
    else
        return false;
    return true;
}

void SurveyWork::begin(const SurveyData& command, RequestId id) {
    search_.reset();
    survey_.reset();
    counts_on_ = false;
    survey_id_ = id;
    try {
        if (!model_ || model_path_ != command.model) {
            model_.reset();
            model_ = open_(command.model);
            model_path_ = command.model;
        }
        survey_ = std::make_unique<Survey>(command.data, command.evaluation,
            with_new_tokens(model_->tokenizer, command.tokens, "{tokens.added}"), model_->goal);
        counts_on_ = true;
        told_ = Clock::now();
    } catch (const std::exception& error) {
        tell_counts(AnswerState::Stopped, error.what());
    }
}

void SurveyWork::show(const ShowRow& command, RequestId id) {
    search_.reset();
    if (!survey_) return answer(id, std::nullopt);
    try {
        if (command.by != ShowRow::By::Text) return answer(id, sought(command));
        if (command.words.empty()) return answer(id, std::nullopt);
        search_ = std::make_unique<TextSearch>(*survey_, command.words, command.number);
        search_id_ = id;
        told_ = Clock::now();
    } catch (const std::exception& error) {
        emit_(RowShown{nullptr, nullptr, error.what(), id});
    }
}

void SurveyWork::stop() {
    if (search_) answer(search_id_, std::nullopt);
    search_.reset();
    if (std::exchange(counts_on_, false)) tell_counts(AnswerState::Stopped);
}

void SurveyWork::advance() {
    if (search_)
        advance_search();
    else if (counts_on_)
        advance_counting();
}

void SurveyWork::advance_counting() {
    const auto begun = Clock::now();
    try {
        while (Clock::now() - begun < turn)
            if (!survey_->advance()) {
                counts_on_ = false;
                return tell_counts(AnswerState::Finished);
            }
    } catch (const std::exception& error) {
        counts_on_ = false;
        return tell_counts(AnswerState::Stopped, error.what());
    }
    if (Clock::now() - told_ < told_every) return;
    told_ = Clock::now();
    tell_counts(AnswerState::UnderWay);
}

void SurveyWork::advance_search() {
    const auto begun = Clock::now();
    try {
        while (Clock::now() - begun < turn)
            if (!search_->advance()) {
                const auto found = search_->found();
                search_.reset();
                return answer(search_id_, found);
            }
    } catch (const std::exception& error) {
        search_.reset();
        emit_(RowShown{nullptr, nullptr, error.what(), search_id_});
        return;
    }
    if (Clock::now() - told_ < told_every) return;
    told_ = Clock::now();
    emit_(RowSought{search_->looked_at(), search_->rows(), search_id_});
}

std::optional<std::int64_t> SurveyWork::sought(const ShowRow& command) const {
    const std::int64_t rows = survey_->counts().rows;
    if (rows == 0) return std::nullopt;
    switch (command.by) {
    case ShowRow::By::Index: return std::clamp<std::int64_t>(command.number, 0, rows - 1);
    case ShowRow::By::Line: return survey_->at_line(command.number);
    case ShowRow::By::Longest: return survey_->longest();
    case ShowRow::By::Cut: return survey_->next(RowMark::Cut, command.number);
    case ShowRow::By::LeftOut: return survey_->next(RowMark::LeftOut, command.number);
    case ShowRow::By::Duplicate: return survey_->next(RowMark::Duplicate, command.number);
    case ShowRow::By::Text: break;
    }
    return std::nullopt;
}

void SurveyWork::answer(RequestId id, std::optional<std::int64_t> index) {
    if (!index) {
        emit_(RowShown{nullptr, nullptr, {}, id});
        return;
    }
    try {
        auto row = std::make_shared<const ReadableRow>(survey_->row(*index));
        auto around =
            std::make_shared<const std::vector<RowHead>>(survey_->heads(*index / block * block, block));
        emit_(RowShown{std::move(row), std::move(around), {}, id});
    } catch (const std::exception& error) {
        emit_(RowShown{nullptr, nullptr, error.what(), id});
    }
}

void SurveyWork::tell_counts(AnswerState state, const std::string& fault) {
    emit_(DataSurveyed{survey_ ? std::make_shared<const SurveyCounts>(survey_->counts()) : nullptr, state,
        survey_ ? survey_->done() : 0, fault, survey_id_});
}

} // namespace lora
