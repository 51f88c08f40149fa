#pragma once
// One doubt about a run: its sentence, and the button that mends it.

#include <QWidget>

class QPushButton;

namespace lora {

struct RunCardDoubt;

class DoubtRow : public QWidget {
    Q_OBJECT
public:
    DoubtRow(const RunCardDoubt& doubt, QWidget* parent);
    void setMendable(bool mendable);

Q_SIGNALS:
    void mendClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool refused_;
    QPushButton* mend_ = nullptr;
};

} // namespace lora
