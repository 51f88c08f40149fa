#pragma once
// An axis of steps, which are whole.

class QCPAxis;

namespace lora {

/// Its ticks stand at whole numbers however few are in sight, none between them.
void countSteps(QCPAxis& axis);

} // namespace lora
