#pragma once
// One repository of the hub before its download: what it is, what of it can be had, its card.

#include "ui/hub/hub_questions.h"

#include <QWidget>
#include <memory>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace lora {

class Note;

class HubEntryView : public QWidget {
    Q_OBJECT
public:
    explicit HubEntryView(QWidget* parent);

    void show(std::shared_ptr<const HubEntry> entry);
    /// Nothing is shown but why; empty: that nothing is chosen.
    void clear(const QString& why = {});
    /// Whether a download can begin now; `why` not, else.
    void setUsable(bool usable, const QString& why);
    const std::shared_ptr<const HubEntry>& entry() const { return entry_; }

Q_SIGNALS:
    void downloadWanted(const lora::FileOffer& offer);

private:
    void build();
    void refreshButton();

    std::shared_ptr<const HubEntry> entry_;
    QLabel* name_;
    Note *facts_, *gate_;
    QComboBox* offers_;
    QPushButton* download_;
    QPlainTextEdit* card_;
    bool usable_ = true;
    QString whyNot_;
};

} // namespace lora
