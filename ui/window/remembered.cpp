#include "ui/window/remembered.h"

#include "ui/elements/exception_words.h"

#include <QObject>
#include <QSettings>
#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString geometryKey = u"window/geometry"_s;
const QString layoutKey = u"window/layout"_s;
const QString pageKey = u"window/page"_s;
const QString settingsKey = u"setup"_s;

// The frame is the window manager's, whose measures are not told before the window is seen: as wide as the
// common ones at least.
constexpr QSize frame(16, 48);
constexpr QSize comfortable(1480, 920);

} // namespace

Remembered remembered(const QSettings& kept, QStringList& faults) {
    Remembered last{.geometry = kept.value(geometryKey).toByteArray(),
        .layout = kept.value(layoutKey).toByteArray(),
        .page = kept.value(pageKey).toString(),
        .settings = {}};
    const std::string text = kept.value(settingsKey).toString().toStdString();
    if (text.empty()) return last;
    try {
        const std::string where = QObject::tr("the set-up of the last time").toStdString();
        last.settings = run_settings(parse_json(text, where), where);
    } catch (const std::exception& error) {
        faults << QObject::tr("The set-up is as at the first start. %1").arg(wordsOf(error));
    }
    return last;
}

void remember(QSettings& kept, const Remembered& now) {
    kept.setValue(geometryKey, now.geometry);
    kept.setValue(layoutKey, now.layout);
    kept.setValue(pageKey, now.page);
    if (now.settings)
        kept.setValue(
            settingsKey, QString::fromStdString(
                             to_json(*now.settings).dump(-1, ' ', false, Json::error_handler_t::replace)));
}

QSize firstSize(const QSize& available) { return comfortable.boundedTo(available - frame); }

} // namespace lora
