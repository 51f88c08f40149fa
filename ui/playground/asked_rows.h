#pragma once
// Samples of a dataset as questions to the model, in the form that it was trained with.

#include "engine/data/summary.h"

#include <QString>
#include <vector>

namespace lora {

struct AskedRow {
    QString prompt; ///< what the model only reads, marks and all
    QString answer; ///< what it learns to say to it
};

/// Of each sample in the summary's preview what comes before the first learned part, and that part. A text
/// that is learned from its beginning is asked by its first words. None where the model learns labels.
std::vector<AskedRow> askedRows(const DatasetSummary& data);

} // namespace lora
