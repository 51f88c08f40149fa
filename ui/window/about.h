#pragma once
// What this program is, under which licence, and what it is built with.

class QWidget;

namespace lora {

/// Opens the dialog and comes back at once.
void showAbout(QWidget* parent);

} // namespace lora
