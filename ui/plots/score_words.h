#pragma once
// What an evaluation says of a classifier beside its loss, in words.

#include "engine/runs/run_record.h"

#include <QString>

namespace lora {

/// ", accuracy 75 %", ", micro F1 80 %, macro F1 …"; empty where tokens are learned.
QString scoresText(const EvaluationRecord& record);

} // namespace lora
