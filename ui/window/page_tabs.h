#pragma once
// The pages' tabs in the tool bar, where they stand still whatever docks a page puts away; and their keys.

class QTabWidget;

namespace lora {

struct WindowActions;

/// The window may be as small as the page in sight: those behind it ask for no room. To be called before what
/// makes room beside a page, which is to find the page's own size.
void letHiddenPagesShrink(QTabWidget& pages);

/// Adds each page to the menu, with Ctrl and its number as its key, and to the tool bar. The pages' own tabs,
/// which would move with the docks, are hidden. The tool bar itself can be put away by the menu.
void addPages(const WindowActions& actions, QTabWidget& pages);

} // namespace lora
