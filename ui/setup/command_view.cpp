#include "ui/setup/command_view.h"

#include "ui/elements/tool_tip.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

CommandView::CommandView(QWidget* parent) : QWidget(parent), command_(new QPlainTextEdit(this)) {
    command_->setObjectName(u"equalCommand"_s);
    command_->setReadOnly(true);
    describeControl(*command_, tr("Equal command"),
        tr("The same run without the window: the command with these settings, to be pasted into a terminal"));
    command_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    command_->setWordWrapMode(QTextOption::WrapAnywhere);
    command_->setFixedHeight(96);
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(u"copyCommand"_s);
    copy->setToolTip(tr("Copy the command to the clipboard"));
    connect(copy, &QPushButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(command_->toPlainText()); });
    auto* column = new QVBoxLayout(this);
    column->addWidget(command_);
    column->addWidget(copy, 0, Qt::AlignRight);
}

void CommandView::setCommand(const QString& command) { command_->setPlainText(command); }

} // namespace lora
