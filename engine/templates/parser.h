#pragma once
// Statements of a template.

#include "engine/templates/source.h"
#include "engine/templates/syntax.h"

namespace lora::jinja {

/// Throws Error with line and column for what is not of Jinja or not of the part of it that is known here
/// (extends, include, import, block, autoescape, recursive loops are not).
Body parse_template(const Source& source);

} // namespace lora::jinja
