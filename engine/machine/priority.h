#pragma once
// Which thread goes first where there are more than processors.

namespace lora {

/// Lets the process's other threads, such as a window's, win against this one and those that it starts.
void yield_to_other_threads();

} // namespace lora
