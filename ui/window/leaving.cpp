#include "ui/window/leaving.h"

#include "ui/elements/enabled_actions.h"

#include <QMessageBox>
#include <QPushButton>
#include <QWidget>

namespace lora {

using namespace Qt::StringLiterals;

Leaving::Leaving(EngineLink& link, QWidget* window) : QObject(window), link_(link), window_(window) {
    link_.on<StateChanged>(this, [this](const StateChanged& now) {
        if (leaving_ && !isRunActive(now.state) && now.state != EngineState::Loading) window_->close();
    });
}

bool Leaving::mayClose() {
    if (goesOn_ || !isRunActive(link_.state())) return true;
    if (!leaving_) ask();
    return false;
}

void Leaving::leave() {
    leaving_ = true;
    if (isRunActive(link_.state()))
        link_.post(StopRun{});
    else
        window_->close();
}

void Leaving::ask() {
    if (window_->findChild<QMessageBox*>(u"closeQuestion"_s)) return;
    auto* question = new QMessageBox(QMessageBox::Question, tr("A run is active"),
        tr("Stop the run at its last finished step, save it, and close?"), QMessageBox::NoButton, window_);
    question->setObjectName(u"closeQuestion"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* stop = question->addButton(tr("Stop and save"), QMessageBox::AcceptRole);
    QPushButton* alone =
        link_.remote() ? question->addButton(tr("Close, and let it go on"), QMessageBox::DestructiveRole)
                       : nullptr;
    question->addButton(tr("Keep running"), QMessageBox::RejectRole);
    connect(question, &QMessageBox::buttonClicked, this, [this, stop, alone](const QAbstractButton* pressed) {
        if (pressed == stop) leave();
        if (alone == nullptr || pressed != alone) return;
        goesOn_ = true;
        window_->close();
    });
    question->open();
}

} // namespace lora
