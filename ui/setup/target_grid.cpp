#include "ui/setup/target_grid.h"

#include "engine/error.h"
#include "engine/settings/schema.h"
#include "engine/settings/wording.h"
#include "engine/targets/targets.h"
#include "engine/targets/weight_selection.h"
#include "ui/elements/field_grid.h"
#include "ui/elements/note.h"
#include "ui/setup/setting_editor.h"
#include "ui/setup/target_table.h"

#include <QComboBox>
#include <QLineEdit>
#include <algorithm>
#include <set>

namespace lora {

using namespace Qt::StringLiterals;

TargetGrid::TargetGrid(QWidget* parent)
    : QWidget(parent), model_(new TargetModel(this)), preset_(new QComboBox(this)),
      layers_(new QLineEdit(this)), note_(new Note(u"fault-targets"_s, this)),
      table_(new TargetTable(model_, this)) {
    build();
    connect(model_, &TargetModel::tickedChanged, this, [this] {
        if (!selecting_) everything_ = false; // ticked by hand
        showTicked();
    });
    connect(preset_, &QComboBox::activated, this, [this] {
        if (preset_->currentData().isNull()) return;
        const std::string words = wordsOfChoice();
        select({words, words == everything ? std::string() : layers_->text().trimmed().toStdString()});
    });
    connect(layers_, &QLineEdit::textEdited, this, [this] {
        typing_ = true;
        select({wordsOfChoice(), layers_->text().trimmed().toStdString()});
        typing_ = false;
    });
}

void TargetGrid::build() {
    const auto describe = [](QWidget* field, const char* path) {
        const Setting& setting = setting_at(path);
        field->setAccessibleName(QString::fromStdString(setting.label));
        field->setToolTip(helpHtml(setting));
        field->setWhatsThis(field->toolTip());
    };
    describe(preset_, "lora.selection.targets");
    describe(layers_, "lora.selection.layers");
    preset_->setObjectName(u"targetPreset"_s);
    preset_->addItem(tr("Attention q and v (as in the paper)"), u"attention-qv"_s);
    preset_->addItem(tr("All attention"), u"attention"_s);
    preset_->addItem(tr("MLP"), u"mlp"_s);
    preset_->addItem(tr("All linear layers"), u"all-linear"_s);
    preset_->addItem(tr("Custom"));
    layers_->setObjectName(u"targetLayers"_s);
    layers_->setPlaceholderText(tr("all, or a range: 0-29"));
    layers_->setClearButtonEnabled(true);
    auto* form = new FieldGrid(this);
    form->addField(tr("Modules"), preset_);
    form->addField(tr("Layers"), layers_);
    form->addWide(note_);
    form->addWide(table_);
    table_->fitHeight();
}

void TargetGrid::setGrid(const LayerGrid& grid, const TargetSelection& selection) {
    {
        const QSignalBlocker quiet(this);
        model_->setGrid(grid);
    }
    table_->fitHeight();
    select(selection);
}

void TargetGrid::select(const TargetSelection& selection) {
    if (model_->grid().linears().empty()) {
        const int index = preset_->findData(QString::fromStdString(selection.targets));
        preset_->setCurrentIndex(index >= 0 ? index : preset_->count() - 1);
        layers_->setText(QString::fromStdString(selection.layers));
        return;
    }
    selecting_ = true;
    try {
        const bool all = selection.targets == everything;
        const std::vector<std::string> paths =
            select_targets(model_->grid().linears(), all ? TargetSelection{"re:.*", ""} : selection);
        everything_ = all;
        faulty_ = false;
        note_->tell({});
        model_->setTicked(paths);
    } catch (const Error& error) {
        faulty_ = true;
        note_->tell(QString::fromStdString(in_labels(error.what())), NoteKind::Error);
    }
    if (!typing_) layers_->setText(QString::fromStdString(selection.layers));
    selecting_ = false;
    showTicked();
}

TargetSelection TargetGrid::selection() const {
    if (everything_) return {everything, ""};
    const std::vector<std::string> ticked = model_->ticked();
    if (ticked.empty()) return {"", ""};
    return describe_targets(model_->grid().linears(), ticked);
}

void TargetGrid::offerEverything(bool offered) {
    const QString word = QString::fromLatin1(everything);
    const int index = preset_->findData(word);
    if (offered == (index >= 0)) return;
    if (offered)
        preset_->insertItem(0, tr("Every weight of the model"), word);
    else
        preset_->removeItem(index);
}

std::string TargetGrid::wordsOfChoice() const {
    const QString preset = preset_->currentData().toString();
    // A range of layers leaves out what stands outside the blocks.
    if (everything_ && typing_) return "all-linear";
    if (!preset.isEmpty()) return preset.toStdString();
    std::set<std::string> modules;
    const std::vector<std::string> ticked = model_->ticked();
    for (const LinearInfo& linear : model_->grid().linears())
        if (std::find(ticked.begin(), ticked.end(), linear.path) != ticked.end())
            modules.insert(linear.module);
    std::string words;
    for (const std::string& module : modules) words += (words.empty() ? "" : ",") + module;
    return words.empty() ? "all-linear" : words;
}

void TargetGrid::showTicked() {
    if (selecting_) return;
    const TargetSelection words = selection();
    const int index = preset_->findData(QString::fromStdString(words.targets));
    preset_->setCurrentIndex(index >= 0 ? index : preset_->count() - 1);
    if (!typing_) layers_->setText(QString::fromStdString(words.layers));
    if (!typing_ && model_->grid().layers() > 0 && words.targets.empty())
        note_->tell(tr("Nothing is ticked: there would be nothing to train."), NoteKind::Warning);
    Q_EMIT selectionChanged();
}

} // namespace lora
