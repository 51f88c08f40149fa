#pragma once
// What the chips' looks mean: one chip of each kind with its word in it.

#include <QWidget>

namespace lora {

class ChipLegend : public QWidget {
    Q_OBJECT
public:
    explicit ChipLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

} // namespace lora
