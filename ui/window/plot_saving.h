#pragma once
// The plot of a page as a file that a person chooses.

class QWidget;

namespace lora {

class Notices;

/// Asks where, and says what came of it.
void savePlotOf(const QWidget* page, QWidget* window, Notices& notices);

} // namespace lora
