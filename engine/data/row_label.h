#pragma once
// What a row's label column holds: a class, a number, or several of either.

#include "engine/data/row.h"
#include "engine/files/json.h"

namespace lora {

/// Fills the row's labels from `label`, else `labels`: a string, a number or a boolean; a list of such; or an
/// object with one for each name, which several label columns are put together to. What is none of these is
/// kept in words.
void read_label(const JsonFields& fields, Row& row);

} // namespace lora
