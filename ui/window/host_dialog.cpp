#include "ui/window/host_dialog.h"

#include "ui/elements/field_grid.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int readableCharacters = 36; // characters of a name or a command, and the title has room above them

} // namespace

HostDialog::HostDialog(QWidget* parent)
    : QDialog(parent), name_(new QLineEdit(this)), command_(new QLineEdit(EngineHost{}.command, this)),
      fault_(new QLabel(this)) {
    setWindowTitle(tr("Add a machine"));
    setObjectName(u"hostDialog"_s);
    name_->setObjectName(u"hostName"_s);
    name_->setMinimumWidth(readableCharacters * fontMetrics().averageCharWidth());
    name_->setPlaceholderText(tr("box, or me@box"));
    command_->setObjectName(u"hostCommand"_s);
    auto* words =
        new QLabel(tr("It is reached by your own ssh: “ssh box” must work without a password that is typed. "
                      "Models, data and runs are those of that machine."),
            this);
    words->setWordWrap(true);
    auto* form = new QWidget(this);
    auto* fields = new FieldGrid(form);
    fields->addField(tr("Machine"), name_);
    fields->addField(tr("Command there"), command_);
    name_->setToolTip(tr("What you would type behind ssh"));
    command_->setToolTip(tr("What starts the engine: its path where it is not found by its name"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    add_ = buttons->addButton(tr("Add"), QDialogButtonBox::AcceptRole);
    auto* column = new QVBoxLayout(this);
    column->addWidget(words);
    column->addWidget(form);
    column->addWidget(fault_);
    column->addWidget(buttons);
    for (QLineEdit* each : {name_, command_})
        connect(each, &QLineEdit::textChanged, this, &HostDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    check();
}

EngineHost HostDialog::host() const { return {name_->text().trimmed(), command_->text().trimmed()}; }

void HostDialog::check() {
    const EngineHost asked = host();
    const std::string why = why_no_host(asked.name.toStdString());
    fault_->setText(asked.name.isEmpty() ? QString() : QString::fromStdString(why));
    add_->setEnabled(why.empty() && !asked.command.isEmpty());
}

} // namespace lora
