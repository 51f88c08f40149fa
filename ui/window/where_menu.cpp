#include "ui/window/where_menu.h"

#include "ui/elements/enabled_actions.h"
#include "ui/window/host_dialog.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QSettings>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

WhereMenu::WhereMenu(EngineLink& link, QMenu& menu, const QString& lora)
    : QObject(&menu), link_(link), menu_(menu), lora_(lora), choices_(new QActionGroup(this)) {
    const QSettings kept;
    hosts_ = engineHosts(kept);
    fill();
    link_.on<StateChanged>(this, [this](const StateChanged&) { refresh(); });
    connect(&link_, &EngineLink::placeChanged, this, &WhereMenu::refresh);
    if (const QString last = chosenWhere(kept); !last.isEmpty()) use(last);
    refresh();
}

void WhereMenu::fill() {
    menu_.clear();
    if (forget_ != nullptr) forget_->deleteLater();
    forget_ = nullptr;
    for (QAction* each : choices_->actions()) delete each;
    addChoice({}, tr("In this &window's process"),
        tr("As quick as it goes; a crash of the engine ends the window"));
    addChoice(u"own"_s, tr("In a &process of its own"),
        tr("On this machine; where memory runs out or the GPU's driver fails, the window stays and goes on "
           "from the "
           "last checkpoint, and a run goes on where the window ends"));
    for (const EngineHost& host : hosts_)
        addChoice(whereOf(host), tr("On %1").arg(host.name),
            tr("Over ssh, by “%1”; models, data and runs are that machine's").arg(host.command));
    menu_.addSeparator();
    QAction* add = menu_.addAction(tr("&Add a machine…"));
    add->setObjectName(u"addHost"_s);
    add->setToolTip(tr("One that your ssh reaches and that has LoRA Workbench installed"));
    connect(add, &QAction::triggered, this, &WhereMenu::askForHost);
    if (hosts_.empty()) return;
    forget_ = menu_.addMenu(tr("&Forget a machine"));
    forget_->setToolTipsVisible(true);
    forget_->menuAction()->setToolTip(tr("It is offered no more; nothing on it changes"));
    for (const EngineHost& host : hosts_) {
        QAction* action = forget_->addAction(host.name);
        action->setToolTip(forget_->menuAction()->toolTip());
        connect(action, &QAction::triggered, this, [this, host] { forgetHost(host); });
    }
}

void WhereMenu::addChoice(const QString& where, const QString& words, const QString& help) {
    QAction* action = menu_.addAction(words);
    action->setObjectName(u"where-"_s + (where.isEmpty() ? u"here"_s : where));
    action->setToolTip(help);
    action->setCheckable(true);
    action->setData(where);
    choices_->addAction(action);
    connect(action, &QAction::triggered, this, [this, where] { choose(where); });
}

void WhereMenu::choose(const QString& where) {
    if (where == where_) return;
    QSettings kept;
    chooseWhere(kept, where);
    use(where);
}

void WhereMenu::workHere() { choose({}); }

void WhereMenu::use(const QString& where) {
    try {
        link_.workAt(placeOf(where, hosts_, lora_),
            tr("The engine works elsewhere now. What was open here is open no more; what is saved stays."));
        where_ = link_.remote() != nullptr ? where : QString();
    } catch (const std::exception& error) {
        Q_EMIT complained(QString::fromUtf8(error.what()));
    }
    refresh();
}

// A run in this process would end with its engine; one elsewhere goes on.
void WhereMenu::refresh() {
    const bool may = !isRunActive(link_.state()) || link_.remote() != nullptr;
    for (QAction* each : choices_->actions()) {
        each->setChecked(each->data().toString() == where_);
        each->setEnabled(may || each->isChecked());
    }
}

void WhereMenu::askForHost() {
    auto* dialog = new HostDialog(menu_.parentWidget());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const EngineHost host = dialog->host();
        std::erase_if(hosts_, [&](const EngineHost& each) { return each.name == host.name; });
        hosts_.push_back(host);
        QSettings kept;
        keepHosts(kept, hosts_);
        fill();
        refresh();
    });
    dialog->open();
}

void WhereMenu::forgetHost(const EngineHost& host) {
    if (where_ == whereOf(host)) workHere();
    std::erase(hosts_, host);
    QSettings kept;
    keepHosts(kept, hosts_);
    fill();
    refresh();
}

} // namespace lora
