#include "ui/setup/model_panel.h"

#include "engine/run_settings/words.h"
#include "engine/settings/schema.h"
#include "ui/elements/field_grid.h"
#include "ui/elements/note.h"
#include "ui/elements/path_field.h"
#include "ui/elements/quantities.h"
#include "ui/elements/section.h"
#include "ui/setup/setting_editor.h"

#include <QComboBox>
#include <QLabel>

namespace lora {

using namespace Qt::StringLiterals;

QString summaryLine(const ModelSummary& model) {
    return QObject::tr("%1 · %2 parameters · %3 layers · %4")
        .arg(QString::fromStdString(model.model_type), shortCountText(model.parameters))
        .arg(model.layers)
        .arg(QString::fromStdString(model.format));
}

ModelPanel::ModelPanel(QWidget* parent)
    : QWidget(parent), path_(new PathField(u"modelPath"_s, tr("folder or GGUF file"), this)),
      summary_(new Note(u"modelSummary"_s, this)), device_(new QComboBox(this)),
      deviceNote_(new Note(u"fault-device"_s, this)), dtype_(new SettingEditor(setting_at("dtype"), this)),
      quantized_(new SettingEditor(setting_at("quantized"), this)) {
    const Setting& device = setting_at("device");
    path_->describe(QString::fromStdString(setting_at("model").label), helpHtml(setting_at("model")));
    device_->setAccessibleName(QString::fromStdString(device.label));
    device_->setToolTip(helpHtml(device));
    device_->setWhatsThis(device_->toolTip());
    device_->setObjectName(u"device"_s);
    device_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto* form = new FieldGrid(this);
    form->addWide(path_);
    form->addWide(summary_);
    form->addField(tr("Device"), makeRow({device_, dtype_}));
    form->addWide(deviceNote_);
    form->addField(QString::fromStdString(setting_at("quantized").label), quantized_);
    summary_->tell(tr("No model is open."));
    connect(path_, &PathField::browseRequested, this, &ModelPanel::browseRequested);
    connect(path_, &PathField::pathEntered, this,
        [this](const QString& path) { Q_EMIT edited(u"model"_s, path.toStdString()); });
    connect(device_, &QComboBox::activated, this,
        [this] { Q_EMIT edited(u"device"_s, device_->currentData().toString().toStdString()); });
    for (SettingEditor* editor : {dtype_, quantized_})
        connect(editor, &SettingEditor::edited, this, &ModelPanel::edited);
}

void ModelPanel::setDevices(const Devices& devices) {
    device_->clear();
    device_->addItem(devices.found.empty()
                         ? tr("auto")
                         : tr("auto: %1").arg(QString::fromStdString(automatic_device(devices).description)),
        u"auto"_s);
    for (const DeviceInfo& each : devices.found)
        device_->addItem(u"%1: %2, %3"_s.arg(QString::fromStdString(each.id),
                             QString::fromStdString(each.description), bytesText(each.memory_bytes)),
            QString::fromStdString(each.id));
    deviceNote_->tell(QString::fromStdString(devices.why_no_gpu));
}

void ModelPanel::show(const RunSettings& settings) {
    path_->setPath(QString::fromStdString(settings.model));
    const QString device = QString::fromStdString(settings.device);
    if (device_->findData(device) < 0) device_->addItem(device, device);
    device_->setCurrentIndex(device_->findData(device));
    dtype_->show(name(settings.dtype));
    quantized_->show(name(settings.quantized));
}

void ModelPanel::setModel(const std::shared_ptr<const ModelSummary>& model) {
    if (!model) return summary_->tell(tr("No model is open."));
    summary_->tell(u"<b>%1</b><br>%2"_s.arg(
        QString::fromStdString(model->name).toHtmlEscaped(), summaryLine(*model).toHtmlEscaped()));
    summary_->setToolTip(tr("hidden %1, vocabulary %2, context %3; weights in memory %4 on %5")
                             .arg(model->hidden_size)
                             .arg(countText(model->vocab_size), countText(model->context_length),
                                 bytesText(model->weight_bytes), QString::fromStdString(model->device)));
}

} // namespace lora
