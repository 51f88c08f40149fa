#pragma once
// What a person types as a number: decimal point or comma, sign, exponent, a unit behind it, simple
// expressions such as 2*8 or 1/3. What can be read in two ways is not guessed at.

#include "engine/files/json.h"

#include <QString>

namespace lora {

struct NumberForm {
    bool whole = false;
    QString unit = {}; ///< may be typed behind the number; "%": what is typed is a hundred times the value
};

struct NumberReading {
    Json value = {};  ///< null: not understood
    QString why = {}; ///< why not, a sentence
};

NumberReading readNumber(const QString& text, const NumberForm& form);

/// The shortest text that is read as the value again.
QString numberText(const Json& value, const NumberForm& form);

} // namespace lora
