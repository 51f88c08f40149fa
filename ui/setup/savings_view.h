#pragma once
// What the chosen update costs beside full fine-tuning: the numbers, and the same as a picture.

#include "engine/targets/savings.h"

#include <QWidget>
#include <cstdint>

class QHBoxLayout;
class QLabel;

namespace lora {

class Note;
/// The base's parameters as small blocks, the trainable share of them filled.
class ShareBlocks : public QWidget {
    Q_OBJECT
public:
    explicit ShareBlocks(QWidget* parent = nullptr);
    void setShare(double share);
    QSize sizeHint() const override { return {200, 40}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double share_ = 0;
};

class SavingsView : public QWidget {
    Q_OBJECT
public:
    explicit SavingsView(QWidget* parent = nullptr);
    /// `base` counts the model's parameters; 0: no model. `result` names what is saved, "Adapter".
    void setSavings(const Savings& savings, std::int64_t base, const QString& result = {});
    /// In a low window the first line alone, the rest as its tool tip.
    void setBrief(bool brief);
    /// Something small at the end of the first line.
    void setCorner(QWidget* corner);

private:
    void tellCosts(const QString& costs);

    bool isBrief_ = false;
    QString told_;
    QHBoxLayout* head_;
    QLabel* trainable_;
    ShareBlocks* blocks_;
    Note* costs_;
};

} // namespace lora
