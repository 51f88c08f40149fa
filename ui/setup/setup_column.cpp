#include "ui/setup/setup_column.h"

#include "engine/settings/edit_effects.h"
#include "engine/settings/run_savings.h"
#include "engine/settings/schema.h"
#include "engine/targets/weight_selection.h"
#include "ui/elements/note.h"
#include "ui/elements/section.h"
#include "ui/setup/data_panel.h"
#include "ui/setup/lora_panel.h"
#include "ui/setup/method_panel.h"
#include "ui/setup/model_panel.h"
#include "ui/setup/savings_view.h"
#include "ui/setup/settings_form.h"
#include "ui/setup/target_grid.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

SetupColumn::SetupColumn(QWidget* parent)
    : QWidget(parent), model_(new ModelPanel(this)), data_(new DataPanel(this)),
      method_(new MethodPanel(this)), targets_(new TargetGrid(this)), lora_(new LoraPanel(this)),
      training_(new SettingsForm(SettingGroup::Training, {}, this)), undo_(new QAction(tr("Undo"), this)),
      redo_(new QAction(tr("Redo"), this)) {
    setObjectName(u"setup"_s);
    setMinimumWidth(340);
    forms_ = {data_->form(), method_->form(), lora_->form(), training_};
    build();
    connectAll();
    become(RunSettings());
}

void SetupColumn::build() {
    fields_ = new QWidget(this);
    auto* sections = new QVBoxLayout(fields_);
    sections->setContentsMargins(0, 0, 0, 0);
    sections->setSpacing(2);
    targetSection_ = new Section(tr("Layers"), targets_, fields_);
    rankSection_ = new Section(tr("Rank and scale"), lora_, fields_);
    sections->addWidget(new Section(tr("Model"), model_, fields_));
    sections->addWidget(new Section(tr("Data"), data_, fields_));
    sections->addWidget(new Section(tr("Method"), method_, fields_));
    sections->addWidget(targetSection_);
    sections->addWidget(rankSection_);
    sections->addWidget(new Section(tr("Training"), training_, fields_));
    auto* command = new Section(tr("Equal command"), buildCommand(), fields_);
    command->setOpen(false);
    sections->addWidget(command);
    sections->addStretch();
    scroll_ = new QScrollArea(this);
    scroll_->setWidget(fields_);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHistory());
    column->addWidget(scroll_, 1);
    column->addWidget(buildFooter());
}

QWidget* SetupColumn::buildHistory() {
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(10, 2, 6, 0);
    auto* title = new QLabel(tr("Set-up"), bar);
    title->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(title, 1);
    undo_->setShortcut(QKeySequence::Undo);
    redo_->setShortcut(QKeySequence::Redo);
    undo_->setToolTip(tr("Take back the last change of the set-up"));
    redo_->setToolTip(tr("Make the change again that was taken back"));
    undo_->setIcon(style()->standardIcon(QStyle::SP_ArrowBack));
    redo_->setIcon(style()->standardIcon(QStyle::SP_ArrowForward));
    for (QAction* action : {undo_, redo_}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        auto* button = new QToolButton(bar);
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setAccessibleName(action->text());
        row->addWidget(button);
    }
    undo_->setObjectName(u"undoSetup"_s);
    redo_->setObjectName(u"redoSetup"_s);
    connect(undo_, &QAction::triggered, this, &SetupColumn::undo);
    connect(redo_, &QAction::triggered, this, &SetupColumn::redo);
    return bar;
}

QWidget* SetupColumn::buildCommand() {
    auto* panel = new QWidget(this);
    command_ = new QPlainTextEdit(panel);
    command_->setObjectName(u"equalCommand"_s);
    command_->setReadOnly(true);
    command_->setAccessibleName(tr("Equal command"));
    command_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    command_->setWordWrapMode(QTextOption::WrapAnywhere);
    command_->setFixedHeight(96);
    auto* copy = new QPushButton(tr("Copy"), panel);
    copy->setObjectName(u"copyCommand"_s);
    connect(copy, &QPushButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(command_->toPlainText()); });
    auto* column = new QVBoxLayout(panel);
    column->addWidget(command_);
    column->addWidget(copy, 0, Qt::AlignRight);
    return panel;
}

QWidget* SetupColumn::buildFooter() {
    auto* footer = new QWidget(this);
    savings_ = new SavingsView(footer);
    start_ = new QPushButton(tr("Start training"), footer);
    start_->setObjectName(u"startButton"_s);
    start_->setMinimumHeight(38);
    colorStart();
    hint_ = new Note(u"startHint"_s, footer);
    hint_->setAlignment(Qt::AlignHCenter);
    connect(start_, &QPushButton::clicked, this, &SetupColumn::startClicked);
    auto* column = new QVBoxLayout(footer);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(savings_);
    column->addWidget(start_);
    column->addWidget(hint_);
    return footer;
}

void SetupColumn::colorStart() {
    const QString off = palette().color(QPalette::Disabled, QPalette::ButtonText).name();
    start_->setStyleSheet(
        u"QPushButton { background: palette(highlight); color: palette(highlighted-text); border: none;"
        " border-radius: 5px; font-weight: bold; }"
        "QPushButton:disabled { background: palette(button); color: %1; }"
        "QPushButton:focus { border: 2px solid palette(window-text); }"_s.arg(off));
}

void SetupColumn::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && start_ != nullptr) colorStart();
}

void SetupColumn::connectAll() {
    const auto take = [this](const QString& path, const Json& value) { edit(path.toStdString(), value); };
    connect(model_, &ModelPanel::edited, this, [this, take](const QString& path, const Json& value) {
        take(path, value);
        Q_EMIT modelWanted();
    });
    connect(model_, &ModelPanel::browseRequested, this, &SetupColumn::modelBrowseRequested);
    connect(data_, &DataPanel::edited, this, [this, take](const QString& path, const Json& value) {
        dataset_ = {}; // what was read is of what stood here before
        take(path, value);
    });
    connect(data_, &DataPanel::browseRequested, this, &SetupColumn::dataBrowseRequested);
    connect(data_, &DataPanel::dataWanted, this, &SetupColumn::dataWanted);
    connect(method_, &MethodPanel::methodChosen, this, &SetupColumn::chooseMethod);
    connect(targets_, &TargetGrid::selectionChanged, this, &SetupColumn::takeTargets);
    connect(lora_->form(), &SettingsForm::browseRequested, this, &SetupColumn::adapterBrowseRequested);
    for (SettingsForm* form : forms_) {
        if (form != data_->form()) connect(form, &SettingsForm::edited, this, take);
        connect(form, &SettingsForm::unreadable, this, &SetupColumn::refresh);
    }
}

void SetupColumn::setDevices(const Devices& devices) {
    model_->setDevices(devices);
    for (SettingsForm* form : forms_) form->setHasGpu(devices.found.size() > 1);
    showAll();
}

void SetupColumn::edit(const std::string& path, const Json& value) {
    const RunSettings before = settings_;
    assign(settings_, setting_at(path), value, path);
    follow_edit(settings_, before, path);
    if (settings_ == before) return refresh(); // what was typed before was no value
    history_.add(before, path);
    showAll();
    refresh();
}

// The settings as the method before had them, and the fields anew.
void SetupColumn::chooseMethod(MethodKind method) {
    history_.add(settings_, {});
    become(switch_.to(method, settings_));
}

void SetupColumn::takeTargets() {
    const TargetSelection selection = targets_->selection();
    if (selection != settings_.lora.selection) history_.add(settings_, "lora.selection");
    settings_.lora.selection = selection;
    refresh();
}

void SetupColumn::read(const RunSettings& settings) {
    history_.add(settings_, {});
    become(settings);
}

void SetupColumn::become(const RunSettings& settings) {
    settings_ = settings;
    showAll();
    const QSignalBlocker quiet(targets_); // ticking it shows what the words mean, and changes none
    targets_->offerEverything(
        trains_weights(settings.method) || settings.lora.selection.targets == everything);
    targets_->select(settings.lora.selection);
    refresh();
}

void SetupColumn::undo() { goTo(history_.undo(settings_)); }
void SetupColumn::redo() { goTo(history_.redo(settings_)); }

void SetupColumn::goTo(const std::optional<RunSettings>& settings) {
    if (!settings) return;
    const RunSettings before = settings_;
    become(*settings);
    const bool model = before.model != settings_.model || before.device != settings_.device
                       || before.dtype != settings_.dtype;
    if (model) Q_EMIT modelWanted();
    if (!model && before.data != settings_.data) Q_EMIT dataWanted();
}

void SetupColumn::showAll() {
    model_->show(settings_);
    data_->show(settings_);
    method_->show(settings_);
    rankSection_->setVisible(lora_->show(settings_));
    training_->show(settings_);
}

void SetupColumn::setModel(std::shared_ptr<const ModelSummary> model) {
    summary_ = std::move(model);
    dataset_ = {};
    model_->setModel(summary_);
    data_->setDataset(nullptr, nullptr);
    const QSignalBlocker quiet(targets_);
    targets_->setGrid(summary_ ? LayerGrid(summary_->linears) : LayerGrid(), settings_.lora.selection);
    refresh();
}

void SetupColumn::setDataset(const DatasetLoaded& dataset) {
    dataset_ = dataset;
    data_->setDataset(dataset.train, dataset.eval);
    refresh();
}

const LayerGrid& SetupColumn::grid() const { return targets_->model()->grid(); }

SetupStatus SetupColumn::status() const {
    return {.dataset = dataset_.train && dataset_.train->samples > 0,
        .targets = !targets_->model()->ticked().empty(),
        .sound = sound_,
        .fault = fault_};
}

void SetupColumn::setState(const EnabledActions& enabled, const QString& hint) {
    fields_->setEnabled(enabled.editSetup);
    start_->setEnabled(enabled.start);
    hint_->tell(hint);
}

void SetupColumn::setRanks(const RankPattern& ranks) { edit("lora.rank_pattern", json_of(ranks)); }

void SetupColumn::setRunFolder(const QString& folder) {
    runFolder_ = folder;
    refresh();
}

void SetupColumn::refresh() {
    showFaults();
    showCosts();
    const QString command = QString::fromStdString(equal_command(settings_, runFolder_.toStdString()));
    command_->setPlainText(unread_ ? tr("A field has no value yet.") : command);
    undo_->setEnabled(history_.canUndo());
    redo_->setEnabled(history_.canRedo());
    Q_EMIT changed();
}

void SetupColumn::showCosts() {
    const std::size_t ticked = targets_->model()->ticked().size();
    if (!summary_) {
        savings_->setSavings({}, 0);
        savings_->setMemory(std::nullopt);
        return targetSection_->setAside({});
    }
    targetSection_->setAside(settings_.lora.selection.targets == everything
                                 ? tr("all weights")
                                 : tr("%1 of %2 linears").arg(ticked).arg(summary_->linears.size()));
    const std::size_t labels = dataset_.train ? dataset_.train->labels.size() : 0;
    const bool counted = ticked > 0 && !targets_->hasFault() && faults_.empty();
    const Savings savings =
        counted ? savings_of(*summary_, settings_, labels) : count_savings(*summary_, {}, 1, labels);
    const bool weights = trains_weights(settings_.method);
    savings_->setSavings(savings, summary_->parameters, weights ? tr("Result") : tr("Adapter"));
    savings_->setMemory(counted ? memory(savings, weights ? 0 : ticked) : std::nullopt);
}

std::optional<MemoryEstimate> SetupColumn::memory(const Savings& savings, std::size_t linears) const {
    if (!dataset_.train) return std::nullopt;
    const std::int64_t tokens =
        largest_micro_batch(*dataset_.train, settings_.data.max_length, settings_.training);
    return estimate_memory(*summary_, savings, linears, settings_, tokens);
}

// Each fault beside its field. What is still empty is told by the hint under the start button.
void SetupColumn::showFaults() {
    faults_ = faults(settings_);
    std::erase_if(faults_, [](const Fault& fault) {
        return fault.setting == "model" || fault.setting == "data.train"
               || fault.setting == "lora.selection.targets";
    });
    std::vector<Fault> all;
    for (const SettingsForm* form : forms_)
        for (const Fault& fault : form->unread()) all.push_back(fault);
    unread_ = !all.empty();
    all.insert(all.end(), faults_.begin(), faults_.end());
    sound_ = all.empty() && faults(settings_).empty() && !targets_->hasFault();
    fault_.clear();
    if (!all.empty()) {
        const QString label = QString::fromStdString(setting_at(all.front().setting).label);
        fault_ = tr("%1: %2").arg(label, faultText(all.front()));
    }
    for (SettingsForm* form : forms_) form->showFaults(all);
}

} // namespace lora
