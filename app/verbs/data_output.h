#pragma once
// How the command prints a dataset as it is fed: rows in readable form, and counts.

#include "engine/files/json.h"
#include "engine/survey/counts.h"
#include "engine/survey/readable_row.h"

namespace lora {

/// A line that says how the row fares, then its text: what is read, learned and cut off, each behind its
/// word.
void print_row(const ReadableRow& row);
/// What it is read as, what is to be known of it, and the counts, a sentence a line.
void print_counts(const SurveyCounts& counts);

/// One object of the row with ids, tokens and mask, as long as each other.
Json row_event(const ReadableRow& row);
Json data_event(const SurveyCounts& counts);

} // namespace lora
