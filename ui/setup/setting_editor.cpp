#include "ui/setup/setting_editor.h"

#include "engine/error.h"
#include "engine/method_sheets/method_sheet.h"
#include "ui/elements/number_field.h"
#include "ui/elements/path_field.h"
#include "ui/elements/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <cmath>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString escaped(const std::string& words) { return text(words).toHtmlEscaped(); }

} // namespace

QString helpHtml(const Setting& setting) {
    QString html = u"<p><b>%1</b></p><p>%2</p>"_s.arg(escaped(setting.label), escaped(setting.help));
    if (std::isfinite(setting.range.lowest)) {
        html += u"<p>"_s + QObject::tr("Takes %1.").arg(escaped(setting.range.words()));
        if (!setting.empty.empty()) html += u' ' + QObject::tr("Empty: %1.").arg(escaped(setting.empty));
        html += u"</p>"_s;
    }
    for (const MethodSheet& sheet : method_sheets())
        for (const Setting& own : sheet.own)
            if (own.path == setting.path)
                html += u"<p>"_s + escaped(std::string(sheet.title) + ": " + sheet.paper) + u"</p>"_s;
    return html;
}

SettingEditor::SettingEditor(const Setting& setting, QWidget* parent)
    : QWidget(parent), setting_(setting), row_(new QHBoxLayout(this)) {
    row_->setContentsMargins(0, 0, 0, 0);
    row_->setSpacing(6);
    switch (setting.kind) {
    case SettingKind::Flag: makeFlag(); break;
    case SettingKind::Count:
    case SettingKind::Number: makeNumber(); break;
    case SettingKind::Word: makeWords(); break;
    case SettingKind::Text:
    case SettingKind::Pattern: makeText(); break;
    case SettingKind::Lines: makeLines(); break;
    case SettingKind::Path: makePath(); break;
    }
}

void SettingEditor::take(QWidget* control) {
    if (control->objectName().isEmpty()) control->setObjectName(text(setting_.option));
    control->setAccessibleName(text(setting_.label));
    control->setAccessibleDescription(text(setting_.help));
    control->setToolTip(helpHtml(setting_));
    control->setWhatsThis(control->toolTip());
    row_->addWidget(control, 1);
    setFocusProxy(control);
}

void SettingEditor::makeFlag() {
    auto* box = new QCheckBox(text(setting_.label), this);
    take(box);
    put_ = [box](const Json& value) {
        const QSignalBlocker quiet(box);
        box->setChecked(value.get<bool>());
    };
    connect(box, &QCheckBox::toggled, this, [this](bool on) { Q_EMIT edited(path(), on); });
}

void SettingEditor::makeNumber() {
    const bool whole = setting_.kind == SettingKind::Count;
    const double lowest = std::isfinite(setting_.range.lowest) ? setting_.range.lowest : 0;
    const double highest = std::isfinite(setting_.range.highest) ? setting_.range.highest : most_of_all;
    auto* field = new NumberField({whole, text(setting_.unit)}, {lowest, highest, setting_.doubles}, this);
    take(field);
    if (setting_.optional)
        field->setEmpty({}, text(setting_.empty));
    else if (!setting_.empty.empty())
        field->setEmpty(whole ? Json(0) : Json(0.0), text(setting_.empty));
    if (!setting_.unit.empty()) row_->addWidget(new QLabel(text(setting_.unit), this));
    put_ = [field](const Json& value) { field->setValue(value); };
    unread_ = [field] { return field->why(); };
    mark_ = [field](bool faulty) { field->setFaulty(faulty); };
    connect(field, &NumberField::edited, this, [this, field] {
        RunSettings unused;
        if (field->isUnderstood() && setting_.set(unused, field->value()))
            Q_EMIT edited(path(), field->value());
        else
            Q_EMIT unreadable();
    });
}

void SettingEditor::makeWords() {
    auto* box = new QComboBox(this);
    take(box);
    for (const Choice& choice : setting_.choices) box->addItem(text(choice.label), text(choice.word));
    put_ = [box](const Json& value) { box->setCurrentIndex(box->findData(text(value.get<std::string>()))); };
    connect(box, &QComboBox::activated, this,
        [this, box] { Q_EMIT edited(path(), box->currentData().toString().toStdString()); });
}

void SettingEditor::makeText() {
    auto* line = new QLineEdit(this);
    take(line);
    line->setPlaceholderText(text(setting_.empty));
    const auto parsed = [this, line]() -> Json {
        try {
            return setting_.parsed(line->text().toStdString(), setting_.label);
        } catch (const Error&) {
            return {};
        }
    };
    put_ = [line, parsed](const Json& value) {
        if (parsed() != value) line->setText(text(text_of(value)));
    };
    unread_ = [this, parsed] {
        return parsed().is_null() ? tr("Names and numbers are expected: %1").arg(u"q_proj=4,v_proj=8"_s)
                                  : QString();
    };
    connect(line, &QLineEdit::textEdited, this, [this, parsed] {
        const Json value = parsed();
        if (value.is_null())
            Q_EMIT unreadable();
        else
            Q_EMIT edited(path(), value);
    });
}

void SettingEditor::makeLines() {
    auto* field = new QPlainTextEdit(this);
    take(field);
    field->setPlaceholderText(text(setting_.empty));
    field->setTabChangesFocus(true);
    field->setFixedHeight(4 * field->fontMetrics().lineSpacing() + 12);
    const auto parsed = [this, field] {
        return setting_.parsed(field->toPlainText().toStdString(), setting_.label);
    };
    put_ = [field, parsed](const Json& value) {
        const QSignalBlocker quiet(field);
        if (parsed() != value) field->setPlainText(text(text_of(value)));
    };
    connect(field, &QPlainTextEdit::textChanged, this, [this, parsed] { Q_EMIT edited(path(), parsed()); });
}

void SettingEditor::makePath() {
    auto* field = new PathField(text(setting_.option), text(setting_.empty), this);
    row_->addWidget(field, 1);
    field->describe(text(setting_.label), helpHtml(setting_));
    put_ = [field](const Json& value) {
        if (field->path() != text(value.get<std::string>())) field->setPath(text(value.get<std::string>()));
    };
    connect(field, &PathField::pathEntered, this,
        [this](const QString& entered) { Q_EMIT edited(path(), entered.toStdString()); });
    connect(field, &PathField::browseRequested, this, [this] { Q_EMIT browseRequested(path()); });
}

} // namespace lora
