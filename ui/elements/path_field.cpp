#include "ui/elements/path_field.h"

#include "ui/elements/tool_tip.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// As a shell reads it: the home folder for a tilde at the front.
QString expanded(const QString& path) {
    const bool isAtHome = path == u"~"_s || path.startsWith(u"~/"_s);
    return isAtHome ? QDir::homePath() + path.mid(1) : path;
}

} // namespace

PathField::PathField(const QString& objectName, const QString& placeholder, QWidget* parent)
    : QWidget(parent), line_(new QLineEdit(this)), browse_(new QToolButton(this)) {
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
