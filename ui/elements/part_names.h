#pragma once
// Names, for a screen reader, of the parts that Qt makes itself and leaves nameless: dividers, rows of tabs,
// the menu bar and the line at the window's lower end.

#include <QObject>

namespace lora {

class PartNames : public QObject {
    Q_OBJECT
public:
    /// Names such parts of the whole application as they are shown first, for as long as it lives. A name
    /// that a part has already stays.
    explicit PartNames(QObject* parent);

    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace lora
