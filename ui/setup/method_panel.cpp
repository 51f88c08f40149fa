#include "ui/setup/method_panel.h"

#include "engine/method_sheets/method_sheet.h"
#include "ui/elements/note.h"
#include "ui/setup/method_chooser.h"
#include "ui/setup/settings_form.h"

#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

MethodPanel::MethodPanel(QWidget* parent)
    : QWidget(parent), chooser_(new MethodChooser(this)), about_(new Note(u"methodAbout"_s, this)),
      form_(new SettingsForm(SettingGroup::Method, {"method"}, this)) {
    auto* column = new QVBoxLayout(this);
    column->setSpacing(5);
    column->addWidget(chooser_);
    column->addWidget(about_);
    column->addWidget(form_);
    form_->layout()->setContentsMargins(0, 0, 0, 0);
    connect(chooser_, &MethodChooser::methodChosen, this, &MethodPanel::methodChosen);
}

void MethodPanel::show(const RunSettings& settings) {
    chooser_->setMethod(settings.method);
    about_->tell(QString::fromStdString(about(settings.method)));
    about_->setToolTip(QString::fromUtf8(sheet_of(settings.method).paper));
    form_->setVisible(form_->show(settings));
}

} // namespace lora
