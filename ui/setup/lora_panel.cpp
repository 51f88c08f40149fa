#include "ui/setup/lora_panel.h"

#include "engine/method_sheets/method_sheet.h"
#include "ui/setup/settings_form.h"

#include <QLabel>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

LoraPanel::LoraPanel(QWidget* parent)
    : QWidget(parent), form_(new SettingsForm(SettingGroup::Rank, {}, this)), scale_(new QLabel(this)),
      scaleName_(new QLabel(this)) {
    scale_->setObjectName(u"scale"_s);
    scale_->setToolTip(tr("The update is ΔW = scale · B · A: this is the factor in front."));
    form_->addBeneath("lora.alpha", scaleName_, scale_);
    form_->layout()->setContentsMargins(0, 0, 0, 0);
    auto* column = new QVBoxLayout(this);
    column->addWidget(form_);
}

bool LoraPanel::show(const RunSettings& settings) {
    const MethodSheet& sheet = sheet_of(settings.method);
    const UpdateScale scale = sheet.scale(settings);
    scaleName_->setText(tr("Scale %1").arg(QString::fromStdString(scale.words)));
    scale_->setText(u"<b>%1</b>"_s.arg(QString::number(scale.value, 'g', 4)));
    form_->setRowVisible(scale_, has_setting(settings.method, "lora.alpha"));
    return form_->show(settings);
}

} // namespace lora
