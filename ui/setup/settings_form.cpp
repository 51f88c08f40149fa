#include "ui/setup/settings_form.h"

#include "engine/method_sheets/method_sheet.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"
#include "ui/elements/field_grid.h"
#include "ui/elements/note.h"
#include "ui/setup/setting_editor.h"

#include <QLabel>
#include <QToolButton>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

QString faultText(const Fault& fault) {
    if (fault.found.empty()) return QString::fromStdString(fault.expected);
    return QObject::tr("Expected %1, found %2.")
        .arg(QString::fromStdString(in_labels(fault.expected)), QString::fromStdString(fault.found));
}

SettingsForm::SettingsForm(SettingGroup group, const std::vector<std::string>& leftOut, QWidget* parent)
    : QWidget(parent), form_(new FieldGrid(this)) {
    const auto isWanted = [&](const Setting& setting) {
        return setting.group == group
               && std::find(leftOut.begin(), leftOut.end(), setting.path) == leftOut.end();
    };
    for (const bool advanced : {false, true})
        for (const Setting& setting : all_settings())
            if (isWanted(setting) && setting.advanced == advanced) add(setting);
}

FieldGrid* SettingsForm::folded() {
    if (advanced_ != nullptr) return advanced_;
    fold_ = new QToolButton(this);
    fold_->setObjectName(u"advanced"_s);
    fold_->setText(tr("Advanced"));
    fold_->setToolTip(tr("Settings that are needed seldom"));
    fold_->setCheckable(true);
    fold_->setAutoRaise(true);
    fold_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    fold_->setArrowType(Qt::RightArrow);
    auto* inner = new QWidget(this);
    advanced_ = new FieldGrid(inner);
    advanced_->setContentsMargins(0, 0, 0, 0);
    inner->hide();
    form_->addWide(fold_);
    form_->addWide(inner);
    connect(fold_, &QToolButton::toggled, inner, [this, inner](bool open) {
        fold_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        inner->setVisible(open);
    });
    return advanced_;
}

void SettingsForm::add(const Setting& setting) {
    FieldGrid* form = setting.advanced ? folded() : form_;
    QWidget* owner = form->parentWidget();
    auto* editor = new SettingEditor(setting, owner);
    auto* note = new Note(u"fault-"_s + QString::fromStdString(setting.option), owner);
    if (setting.kind == SettingKind::Flag) { // its own label
        form->addField(nullptr, editor);
    } else {
        auto* label = new QLabel(QString::fromStdString(setting.label), owner);
        label->setBuddy(editor);
        label->setToolTip(helpHtml(setting));
        form->addField(label, editor);
    }
    form->addWide(note);
    connect(editor, &SettingEditor::edited, this, &SettingsForm::edited);
    connect(editor, &SettingEditor::unreadable, this, &SettingsForm::unreadable);
    connect(editor, &SettingEditor::browseRequested, this, &SettingsForm::browseRequested);
    rows_.push_back({editor, note, form});
}

bool SettingsForm::show(const RunSettings& settings) {
    bool any = false, anyFolded = false;
    for (const auto& [editor, note, form] : rows_) {
        const Setting& setting = editor->setting();
        editor->show(setting.get(settings));
        const bool offered = has_setting(settings.method, setting.path) && (hasGpu_ || !setting.needs_gpu);
        const bool visible = offered || !is_usual(setting, settings);
        form->setFieldVisible(editor, visible);
        any = any || visible;
        anyFolded = anyFolded || (visible && form == advanced_);
    }
    if (fold_ != nullptr) fold_->setVisible(anyFolded);
    return any;
}

void SettingsForm::showFaults(const std::vector<Fault>& faults) {
    for (const auto& [editor, note, form] : rows_) {
        const auto fault = std::find_if(faults.begin(), faults.end(),
            [&editor = editor](const Fault& each) { return each.setting == editor->setting().path; });
        const bool told = fault != faults.end();
        note->tell(told ? faultText(*fault) : QString(), NoteKind::Error);
        editor->setFaulty(told);
        if (told && form == advanced_) fold_->setChecked(true);
    }
}

std::vector<Fault> SettingsForm::unread() const {
    std::vector<Fault> faults;
    for (const Row& row : rows_) {
        const QString why = row.editor->unread();
        if (!why.isEmpty()) faults.push_back({row.editor->setting().path, "", why.toStdString()});
    }
    return faults;
}

void SettingsForm::addBeneath(const std::string& path, QWidget* label, QWidget* field) {
    for (const Row& row : rows_)
        if (row.editor->setting().path == path) row.form->addBeneath(row.note, label, field);
}

void SettingsForm::setRowVisible(QWidget* field, bool visible) { form_->setFieldVisible(field, visible); }

} // namespace lora
