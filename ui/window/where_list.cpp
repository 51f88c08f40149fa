#include "ui/window/where_list.h"

#include <QSettings>
#include <QStringList>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString whereKey = u"engine/where"_s;
const QString hostsKey = u"engine/hosts"_s;
const QString own = u"own"_s;

} // namespace

// Each is one text, the name and behind a space the command: a host's name has none.
std::vector<EngineHost> engineHosts(const QSettings& settings) {
    std::vector<EngineHost> hosts;
    for (const QString& each : settings.value(hostsKey).toStringList()) {
        const EngineHost host{each.section(u' ', 0, 0), each.section(u' ', 1)};
        if (why_no_host(host.name.toStdString()).empty() && !host.command.isEmpty()) hosts.push_back(host);
    }
    return hosts;
}

void keepHosts(QSettings& settings, const std::vector<EngineHost>& hosts) {
    QStringList texts;
    for (const EngineHost& host : hosts) texts << host.name + u' ' + host.command;
    settings.setValue(hostsKey, texts);
}

QString chosenWhere(const QSettings& settings) { return settings.value(whereKey).toString(); }
void chooseWhere(QSettings& settings, const QString& where) { settings.setValue(whereKey, where); }
QString whereOf(const EngineHost& host) { return u"host:"_s + host.name; }

std::optional<EnginePlace> placeOf(
    const QString& where, const std::vector<EngineHost>& hosts, const QString& lora) {
    if (where == own) return own_process(lora.toStdString());
    for (const EngineHost& host : hosts)
        if (where == whereOf(host)) return on_host(host.name.toStdString(), host.command.toStdString());
    return std::nullopt;
}

} // namespace lora
