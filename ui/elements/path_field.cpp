#include "ui/elements/path_field.h"

#include "ui/elements/tool_tip.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QStyleOptionFrame>
#include <QToolButton>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// As a shell reads it: the home folder for a tilde at the front.
QString expanded(const QString& path) {
    const bool isAtHome = path == u"~"_s || path.startsWith(u"~/"_s);
    return isAtHome ? QDir::homePath() + path.mid(1) : path;
}

/// While nobody types in it, it shows the end of a long path from the beginning of a folder's name on.
class PathLine : public QLineEdit {
public:
    using QLineEdit::QLineEdit;

protected:
    void paintEvent(QPaintEvent* event) override {
        constexpr int margin = 2; // as QLineEdit has it
        QStyleOptionFrame frame;
        initStyleOption(&frame);
        const QRect room = style()
                               ->subElementRect(QStyle::SE_LineEditContents, &frame, this)
                               .adjusted(margin, 0, -margin, 0);
        const QString shown = shortenedPath(text(), fontMetrics(), room.width());
        if (hasFocus() || shown == text()) return QLineEdit::paintEvent(event);
        QPainter painter(this);
        style()->drawPrimitive(QStyle::PE_PanelLineEdit, &frame, &painter, this);
        style()->drawItemText(
            &painter, room, Qt::AlignLeft | Qt::AlignVCenter, palette(), isEnabled(), shown, QPalette::Text);
    }
};

} // namespace

QString shortenedPath(const QString& path, const QFontMetrics& metrics, int width) {
    if (metrics.horizontalAdvance(path) <= width) return path;
    for (qsizetype at = path.indexOf(u'/', 1); at >= 0; at = path.indexOf(u'/', at + 1)) {
        QString end = u'…' + path.mid(at);
        if (metrics.horizontalAdvance(end) <= width) return end;
    }
    return metrics.elidedText(path.mid(path.lastIndexOf(u'/') + 1), Qt::ElideMiddle, width);
}

PathField::PathField(const QString& objectName, const QString& placeholder, QWidget* parent)
    : QWidget(parent), line_(new PathLine(this)), browse_(new QToolButton(this)) {
    line_->setObjectName(objectName);
    line_->setPlaceholderText(placeholder);
    browse_->setText(u"…"_s);
    browse_->setToolTip(tr("Choose"));
    browse_->setAccessibleName(tr("Choose"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(line_, 1);
    row->addWidget(browse_);
    connect(browse_, &QToolButton::clicked, this, &PathField::browseRequested);
    connect(line_, &QLineEdit::editingFinished, this, [this] {
        if (!line_->isModified()) return;
        setPath(expanded(line_->text()));
        Q_EMIT pathEntered(line_->text());
    });
}

QString PathField::path() const { return line_->text(); }

void PathField::setPath(const QString& path) {
    line_->setText(path);
    line_->setModified(false);
    showTip();
}

void PathField::describe(const QString& name, const QString& help) {
    help_ = help;
    line_->setAccessibleName(name);
    line_->setWhatsThis(help);
    browse_->setToolTip(tr("Choose: %1").arg(name));
    browse_->setAccessibleName(browse_->toolTip());
    showTip();
}

void PathField::showTip() {
    const QString path = line_->text();
    line_->setToolTip(help_.isEmpty() ? plainTip(path) : help_ + u"<p>%1</p>"_s.arg(path.toHtmlEscaped()));
}

} // namespace lora
