#pragma once
// What an empty list says in its middle: what comes here, and how. Gone as soon as the list has a row.

#include <QLabel>

class QAbstractItemView;

namespace lora {

class EmptyWords : public QLabel {
public:
    /// Over a view that has its model already; the words belong to the view, and take no click from it.
    EmptyWords(const QString& text, QAbstractItemView* view);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void follow();

    QAbstractItemView* view_;
};

} // namespace lora
