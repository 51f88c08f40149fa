#include "ui/setup/method_panel.h"

#include "ui/elements/note.h"
#include "ui/elements/section.h"
#include "ui/setup/method_chooser.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSpinBox>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

void put(QWidget* editor, const FieldValue& value) {
    if (auto* count = qobject_cast<QSpinBox*>(editor))
        count->setValue(static_cast<int>(std::get<std::int64_t>(value)));
    else if (auto* number = qobject_cast<QDoubleSpinBox*>(editor))
        number->setValue(std::get<double>(value));
    else if (auto* words = qobject_cast<QComboBox*>(editor))
        words->setCurrentText(QString::fromStdString(std::get<std::string>(value)));
    else if (auto* check = qobject_cast<QCheckBox*>(editor))
        check->setChecked(std::get<bool>(value));
}

FieldValue valueOf(const QWidget* editor) {
    if (const auto* count = qobject_cast<const QSpinBox*>(editor)) return std::int64_t{count->value()};
    if (const auto* number = qobject_cast<const QDoubleSpinBox*>(editor)) return number->value();
    if (const auto* words = qobject_cast<const QComboBox*>(editor)) return words->currentText().toStdString();
    return static_cast<const QCheckBox*>(editor)->isChecked();
}

} // namespace

MethodPanel::MethodPanel(QWidget* parent)
    : QWidget(parent), form_(makeForm(this)), chooser_(new MethodChooser(this)),
      about_(new Note(u"methodAbout"_s, this)) {
    form_->addRow(chooser_);
    form_->addRow(about_);
    for (const MethodField& field : method_fields()) {
        QWidget* editor = makeEditor(field);
        editor->setObjectName(QString::fromStdString(field.option));
        editor->setToolTip(u"<p>%1</p>"_s.arg(QString::fromStdString(field.about).toHtmlEscaped()));
        const bool says = qobject_cast<QCheckBox*>(editor) != nullptr; // its own label
        form_->addRow(says ? QString() : QString::fromStdString(field.label), editor);
        form_->addRow(new Note(u"fault-"_s + QString::fromStdString(field.option), this));
        rows_.push_back({&field, editor});
    }
    connect(chooser_, &MethodChooser::methodChosen, this, [this](MethodKind method) {
        show(method);
        Q_EMIT methodChosen(method);
    });
    show(chooser_->method());
}

QWidget* MethodPanel::makeEditor(const MethodField& field) {
    const FieldValue start = field.get(RunSettings{});
    if (std::holds_alternative<std::int64_t>(start)) {
        auto* count = new QSpinBox(this);
        count->setRange(static_cast<int>(field.lowest), static_cast<int>(field.highest));
        connect(count, &QSpinBox::valueChanged, this, &MethodPanel::changed);
        return count;
    }
    if (std::holds_alternative<double>(start)) {
        auto* number = new QDoubleSpinBox(this);
        number->setRange(field.lowest, field.highest);
        number->setDecimals(2);
        connect(number, &QDoubleSpinBox::valueChanged, this, &MethodPanel::changed);
        return number;
    }
    if (std::holds_alternative<std::string>(start)) {
        auto* words = new QComboBox(this);
        for (const std::string& word : field.words) words->addItem(QString::fromStdString(word));
        connect(words, &QComboBox::activated, this, &MethodPanel::changed);
        return words;
    }
    auto* check = new QCheckBox(QString::fromStdString(field.label), this);
    connect(check, &QCheckBox::toggled, this, &MethodPanel::changed);
    return check;
}

void MethodPanel::show(MethodKind method) {
    about_->tell(QString::fromStdString(about(method)));
    for (const auto& [field, editor] : rows_) form_->setRowVisible(editor, has_field(method, *field));
}

void MethodPanel::read(const RunSettings& settings) {
    const QSignalBlocker quiet(this);
    chooser_->setMethod(settings.method);
    for (const auto& [field, editor] : rows_) put(editor, field->get(settings));
    show(settings.method);
}

void MethodPanel::write(RunSettings& settings) const {
    settings.method = chooser_->method();
    for (const auto& [field, editor] : rows_) field->set(settings, valueOf(editor));
}

} // namespace lora
