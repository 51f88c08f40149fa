#include "ui/elements/part_names.h"

#include <QApplication>
#include <QEvent>
#include <QMenuBar>
#include <QSplitterHandle>
#include <QStatusBar>
#include <QTabBar>

namespace lora {

namespace {

QString nameOf(const QWidget& part) {
    if (qobject_cast<const QSplitterHandle*>(&part)) return PartNames::tr("Divider");
    if (qobject_cast<const QTabBar*>(&part)) return PartNames::tr("Tabs");
    if (qobject_cast<const QMenuBar*>(&part)) return PartNames::tr("Menus");
    if (qobject_cast<const QStatusBar*>(&part)) return PartNames::tr("Notes");
    return {};
}

} // namespace

PartNames::PartNames(QObject* parent) : QObject(parent) { qApp->installEventFilter(this); }

bool PartNames::eventFilter(QObject* watched, QEvent* event) {
    // A divider is polished as it is made, and may be older than this filter; it is shown later.
    const bool appears = event->type() == QEvent::Polish || event->type() == QEvent::Show;
    if (!appears || !watched->isWidgetType()) return false;
    auto* part = static_cast<QWidget*>(watched);
    if (part->accessibleName().isEmpty())
        if (const QString name = nameOf(*part); !name.isEmpty()) part->setAccessibleName(name);
    return false;
}

} // namespace lora
