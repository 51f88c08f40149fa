#pragma once
// The menu "Where": which engine works for this window, and the hosts to choose from.

#include "ui/link/engine_link.h"
#include "ui/window/where_list.h"

#include <QObject>

class QActionGroup;
class QMenu;

namespace lora {

class WhereMenu : public QObject {
    Q_OBJECT
public:
    /// `lora`: the command's file on this machine. What was chosen last is taken up at once.
    WhereMenu(EngineLink& link, QMenu& menu, const QString& lora);

    /// Back to the window's own process.
    void workHere();

Q_SIGNALS:
    void complained(const QString& words);

private:
    void fill();
    void addChoice(const QString& where, const QString& words, const QString& help);
    void choose(const QString& where);
    void use(const QString& where);
    void askForHost();
    void forgetHost(const EngineHost& host);
    void refresh();

    EngineLink& link_;
    QMenu& menu_;
    QString lora_;
    QString where_;
    std::vector<EngineHost> hosts_;
    QActionGroup* choices_;
    QMenu* forget_ = nullptr; ///< none where there is no host
};

} // namespace lora
