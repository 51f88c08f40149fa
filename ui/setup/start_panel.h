#pragma once
// The foot of the set-up, always in sight: what the run costs, what it will be, and the button that starts
// it.

#include "ui/elements/enabled_actions.h"
#include "ui/setup/run_card_model.h"

#include <QWidget>

class QPushButton;

namespace lora {

class Note;
class RunCard;
class SavingsView;

class StartPanel : public QWidget {
    Q_OBJECT
public:
    explicit StartPanel(QWidget* parent = nullptr);

    void setPlan(const RunPlan& plan);
    const RunCardModel& card() const { return model_; }
    /// `hint`: why it cannot start, a sentence.
    void setState(const EnabledActions& enabled, const QString& hint);
    /// Fewer lines, for a low window.
    void setBrief(bool brief);
    /// Something small at the end of the first line.
    void setCorner(QWidget* corner);

Q_SIGNALS:
    void startClicked();
    void enqueueClicked();
    void mendClicked(int doubt); ///< of the card's

protected:
    void changeEvent(QEvent* event) override;

private:
    void showSavings();
    void colorStart();

    RunCardModel model_;
    SavingsView* savings_;
    RunCard* card_;
    QPushButton* start_;
    QPushButton* enqueue_;
    Note* hint_;
};

} // namespace lora
