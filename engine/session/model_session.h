#pragma once
// The part of a session that works with a model: everything but the survey of a dataset.

#include "engine/worker/worker.h"

#include <type_traits>

namespace lora {

/// The commands that SurveyWork carries out.
template <class C>
concept SurveyCommand =
    std::is_same_v<C, SurveyData> || std::is_same_v<C, ShowRow> || std::is_same_v<C, StopSurvey>;

/// Carries out all commands but SurveyWork's, which it leaves alone.
Work open_model_session(Emit emit);

} // namespace lora
