#include "ui/elements/icons.h"

#include <QFile>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

// In a static library the linker would drop the resources unless they are asked for. Qt wants this outside
// any namespace.
static void loadResources() { Q_INIT_RESOURCE(resources); }

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QPixmap paint(QByteArray svg, const QColor& color, int size) {
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

} // namespace

QIcon icon(const QString& name, const QColor& color, const QColor& disabled) {
    loadResources();
    QFile file(u":/icons/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray svg = file.readAll();
    QIcon made;
    for (const int size : {16, 20, 32, 40}) {
        made.addPixmap(paint(svg, color, size), QIcon::Normal);
        made.addPixmap(paint(svg, disabled, size), QIcon::Disabled);
    }
    return made;
}

QIcon icon(const QString& name, const QPalette& palette) {
    return icon(
        name, palette.color(QPalette::ButtonText), palette.color(QPalette::Disabled, QPalette::ButtonText));
}

} // namespace lora
