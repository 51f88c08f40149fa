#include "engine/architectures/catalog.h"
#include "engine/session/model_session.h"
#include "engine/session/session.h"
#include "engine/session/survey_work.h"
#include "engine/training/classes.h"

#include <memory>
#include <utility>

namespace lora {

// The survey has its turn between two steps of a run, so that neither waits for the other's end.
Work open_session(Emit emit) {
    const auto survey = std::make_shared<SurveyWork>(emit, [](const std::string& path) {
        return SurveyedModel{open_tokenizer(path), goal_of_training(path)};
    });
    const auto model = std::make_shared<const Work>(open_model_session(std::move(emit)));
    return {
        .attempt =
            [=](const Request& request, const std::stop_token& stop) {
                if (!survey->take(request)) model->attempt(request, stop);
            },
        .busy = [=] { return survey->busy() || model->busy(); },
        .advance =
            [=](const std::stop_token& stop) {
                survey->advance();
                if (model->busy()) model->advance(stop);
            },
    };
}

} // namespace lora
