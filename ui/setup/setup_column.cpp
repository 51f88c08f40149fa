#include "ui/setup/setup_column.h"

#include "engine/settings/edit_effects.h"
#include "engine/settings/schema.h"
#include "engine/targets/weight_selection.h"
#include "ui/elements/section.h"
#include "ui/setup/command_view.h"
#include "ui/setup/data_panel.h"
#include "ui/setup/history_bar.h"
#include "ui/setup/lora_panel.h"
#include "ui/setup/method_panel.h"
#include "ui/setup/model_panel.h"
#include "ui/setup/settings_form.h"
#include "ui/setup/start_panel.h"
#include "ui/setup/target_grid.h"

#include <QScrollArea>
#include <QVBoxLayout>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

// Windows, fonts and plots in memory before a model is opened, less what the command holds then. Measured.
constexpr std::int64_t windowBytes = 46'000'000;

} // namespace

SetupColumn::SetupColumn(QWidget* parent, Room room)
    : QWidget(parent), model_(new ModelPanel(this)), data_(new DataPanel(this)),
      method_(new MethodPanel(this)), targets_(new TargetGrid(this)), lora_(new LoraPanel(this)),
      training_(new SettingsForm(SettingGroup::Training, {}, this)), bar_(new HistoryBar(this)),
      command_(new CommandView(this)), foot_(new StartPanel(this)), room_(std::move(room)) {
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
    modelSection_ = new Section(tr("Model"), model_, fields_);
    dataSection_ = new Section(tr("Data"), data_, fields_);
    sections->addWidget(modelSection_);
    sections->addWidget(dataSection_);
    sections->addWidget(new Section(tr("Method"), method_, fields_));
    sections->addWidget(targetSection_);
    sections->addWidget(rankSection_);
    sections->addWidget(new Section(tr("Training"), training_, fields_));
    auto* command = new Section(tr("Equal command"), command_, fields_);
    command->setOpen(false);
    sections->addWidget(command);
    sections->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(fields_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Settings"));
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(foot_);
    foot_->setCorner(bar_);
}

// The fields get what room there is.
void SetupColumn::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    constexpr int linesOfALowWindow = 50;
    foot_->setBrief(height() < linesOfALowWindow * fontMetrics().lineSpacing());
}

void SetupColumn::connectAll() {
    const auto take = [this](const QString& path, const Json& value) { edit(path.toStdString(), value); };
    connect(model_, &ModelPanel::edited, this, [this, take](const QString& path, const Json& value) {
        take(path, value);
        Q_EMIT modelWanted();
    });
    connect(bar_, &HistoryBar::undoWanted, this, &SetupColumn::undo);
    connect(bar_, &HistoryBar::redoWanted, this, &SetupColumn::redo);
    connect(foot_, &StartPanel::startClicked, this, &SetupColumn::startClicked);
    connect(foot_, &StartPanel::enqueueClicked, this, &SetupColumn::enqueueClicked);
    connect(foot_, &StartPanel::mendClicked, this, &SetupColumn::mend);
    connect(model_, &ModelPanel::browseRequested, this, &SetupColumn::modelBrowseRequested);
    connect(data_, &DataPanel::edited, this, take);
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

void SetupColumn::undo() { turnInto(history_.undo(settings_).value_or(settings_)); }
void SetupColumn::redo() { turnInto(history_.redo(settings_).value_or(settings_)); }

void SetupColumn::mend(int doubt) {
    const RunSettings mended = foot_->card().mended(static_cast<std::size_t>(doubt));
    history_.add(settings_, {});
    turnInto(mended);
}

void SetupColumn::turnInto(const RunSettings& settings) {
    const RunSettings before = settings_;
    become(settings);
    const bool model = before.model != settings_.model || before.device != settings_.device
                       || before.dtype != settings_.dtype || before.quantized != settings_.quantized;
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
    readAs_ = settings_.data;
    data_->setDataset(dataset.train, dataset.eval);
    refresh();
}

void SetupColumn::refuseDataset(const QString& why) {
    setDataset({});
    data_->setFault(why);
}

const LayerGrid& SetupColumn::grid() const { return targets_->model()->grid(); }

SetupStatus SetupColumn::status() const {
    const bool refused = foot_->card().isRefused();
    return {.dataset = isRead() && dataset_.train && dataset_.train->samples > 0,
        .targets = !targets_->model()->ticked().empty(),
        .sound = sound_ && !refused,
        .fault =
            refused && fault_.isEmpty() ? tr("It cannot work like this; the reason stands above.") : fault_};
}

void SetupColumn::setState(const EnabledActions& enabled, const QString& hint) {
    fields_->setEnabled(enabled.editSetup || enabled.planNext);
    for (Section* section : {modelSection_, dataSection_}) section->setEnabled(enabled.editSetup);
    foot_->setState(enabled, hint);
}

void SetupColumn::setRanks(const RankPattern& ranks) { edit("lora.rank_pattern", json_of(ranks)); }

void SetupColumn::setPace(const std::optional<RunPace>& pace) {
    pace_ = pace;
    showPlan();
}

void SetupColumn::setRunFolder(const QString& folder) {
    runFolder_ = folder;
    refresh();
}

void SetupColumn::refresh() {
    showFaults();
    showPlan();
    const QString command = QString::fromStdString(equal_command(settings_, runFolder_.toStdString()));
    command_->setCommand(unread_ ? tr("A field has no value yet.") : command);
    bar_->setAvailable(history_.canUndo(), history_.canRedo());
    Q_EMIT changed();
}

void SetupColumn::showPlan() {
    const std::size_t ticked = targets_->model()->ticked().size();
    const bool all = settings_.lora.selection.targets == everything;
    const QString some = tr("%1 of %2 linears").arg(ticked).arg(summary_ ? summary_->linears.size() : 0);
    targetSection_->setAside(!summary_ ? QString() : all ? tr("all weights") : some);
    foot_->setPlan(
        {settings_, summary_, isRead() ? dataset_.train : nullptr, isRead() ? dataset_.eval : nullptr,
            summary_ ? room_(summary_->device) : std::nullopt, pace_, windowBytes});
}

// Each fault beside its field. What is still empty is told by the hint under the start button.
void SetupColumn::showFaults() {
    std::vector<Fault> found = faults(settings_);
    const bool sound = found.empty();
    std::erase_if(found, [](const Fault& fault) {
        return fault.setting == "model" || fault.setting == "data.train"
               || fault.setting == "lora.selection.targets";
    });
    std::vector<Fault> all;
    for (const SettingsForm* form : forms_)
        for (const Fault& fault : form->unread()) all.push_back(fault);
    unread_ = !all.empty();
    all.insert(all.end(), found.begin(), found.end());
    sound_ = all.empty() && sound && !targets_->hasFault();
    fault_.clear();
    if (!all.empty()) {
        const QString label = QString::fromStdString(setting_at(all.front().setting).label);
        fault_ = tr("%1: %2").arg(label, faultText(all.front()));
    }
    for (SettingsForm* form : forms_) form->showFaults(all);
}

} // namespace lora
