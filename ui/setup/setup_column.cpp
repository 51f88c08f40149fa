#include "ui/setup/setup_column.h"

#include "engine/settings/run_savings.h"
#include "engine/targets/weight_selection.h"
#include "ui/elements/note.h"
#include "ui/elements/section.h"
#include "ui/setup/data_panel.h"
#include "ui/setup/lora_panel.h"
#include "ui/setup/method_panel.h"
#include "ui/setup/model_panel.h"
#include "ui/setup/savings_view.h"
#include "ui/setup/target_grid.h"
#include "ui/setup/training_panel.h"

#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

SetupColumn::SetupColumn(QWidget* parent)
    : QWidget(parent), model_(new ModelPanel(this)), data_(new DataPanel(this)),
      method_(new MethodPanel(this)), targets_(new TargetGrid(this)), lora_(new LoraPanel(this)),
      training_(new TrainingPanel(this)) {
    setObjectName(u"setup"_s);
    setMinimumWidth(340);
    build();
    connectAll();
    read(RunSettings());
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
    column->addWidget(scroll_, 1);
    column->addWidget(buildFooter());
}

QWidget* SetupColumn::buildCommand() {
    auto* panel = new QWidget(this);
    command_ = new QPlainTextEdit(panel);
    command_->setObjectName(u"equalCommand"_s);
    command_->setReadOnly(true);
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
    connect(model_, &ModelPanel::modelWanted, this, &SetupColumn::modelWanted);
    connect(model_, &ModelPanel::browseRequested, this, &SetupColumn::modelBrowseRequested);
    connect(data_, &DataPanel::browseRequested, this, &SetupColumn::dataBrowseRequested);
    connect(data_, &DataPanel::dataWanted, this, [this] {
        dataset_ = {};
        Q_EMIT dataWanted();
        refresh();
    });
    connect(method_, &MethodPanel::methodChosen, this, &SetupColumn::chooseMethod);
    connect(method_, &MethodPanel::changed, this, &SetupColumn::refresh);
    connect(lora_, &LoraPanel::browseRequested, this, &SetupColumn::adapterBrowseRequested);
    connect(targets_, &TargetGrid::selectionChanged, this, &SetupColumn::refresh);
    connect(lora_, &LoraPanel::changed, this, &SetupColumn::refresh);
    connect(training_, &TrainingPanel::changed, this, &SetupColumn::refresh);
}

void SetupColumn::setDevices(const Devices& devices) {
    model_->setDevices(devices);
    training_->setDevices(devices);
}

void SetupColumn::read(const RunSettings& settings) {
    settings_ = settings;
    model_->read(settings);
    data_->read(settings.data);
    method_->read(settings);
    lora_->read(settings.lora);
    training_->read(settings);
    targets_->offerEverything(trains_weights(settings.method) || selects_everything(settings.lora.selection));
    targets_->select(settings.lora.selection);
    refresh();
}

RunSettings SetupColumn::settings() const {
    RunSettings settings = settings_;
    model_->write(settings);
    data_->write(settings.data);
    method_->write(settings);
    lora_->write(settings.lora);
    training_->write(settings);
    if (summary_) settings.lora.selection = targets_->selection();
    return settings;
}

void SetupColumn::setModel(std::shared_ptr<const ModelSummary> model) {
    const TargetSelection wanted = settings().lora.selection;
    summary_ = std::move(model);
    dataset_ = {};
    model_->setModel(summary_);
    data_->setDataset(nullptr, nullptr);
    targets_->setGrid(summary_ ? LayerGrid(summary_->linears) : LayerGrid(), wanted);
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

void SetupColumn::setRanks(const RankPattern& ranks) {
    lora_->setRanks(ranks);
    refresh();
}

void SetupColumn::setRunFolder(const QString& folder) {
    runFolder_ = folder;
    refresh();
}

// The settings as the method before had them, and the fields anew.
void SetupColumn::chooseMethod(MethodKind method) {
    RunSettings before = settings();
    before.method = settings_.method;
    read(switch_.to(method, before));
}

void SetupColumn::refresh() {
    const RunSettings settings = this->settings();
    showCosts(settings);
    rankSection_->setVisible(lora_->showFor(settings));
    command_->setPlainText(QString::fromStdString(equal_command(settings, runFolder_.toStdString())));
    showFaults(settings);
    Q_EMIT changed();
}

void SetupColumn::showCosts(const RunSettings& settings) {
    const std::size_t ticked = targets_->model()->ticked().size();
    if (!summary_) {
        savings_->setSavings({}, 0);
        savings_->setMemory(std::nullopt);
        return targetSection_->setAside({});
    }
    const std::size_t labels = dataset_.train ? dataset_.train->labels.size() : 0;
    const Savings savings =
        ticked > 0 ? savings_of(*summary_, settings, labels) : count_savings(*summary_, {}, 1, labels);
    const bool weights = trains_weights(settings.method);
    savings_->setSavings(savings, summary_->parameters, weights ? tr("Result") : tr("Adapter"));
    savings_->setMemory(ticked > 0 ? memory(savings, weights ? 0 : ticked, settings) : std::nullopt);
    targetSection_->setAside(selects_everything(settings.lora.selection)
                                 ? tr("all weights")
                                 : tr("%1 of %2 linears").arg(ticked).arg(summary_->linears.size()));
}

std::optional<MemoryEstimate> SetupColumn::memory(
    const Savings& savings, std::size_t linears, const RunSettings& settings) const {
    if (!dataset_.train) return std::nullopt;
    const std::int64_t tokens = largest_piece(*dataset_.train, settings.data.max_length, settings.training);
    return estimate_memory(*summary_, savings, linears, settings, tokens);
}

// Each fault beside its field; a sentence may speak of several, "rank-pattern or alpha-pattern".
void SetupColumn::showFaults(const RunSettings& settings) {
    const std::vector<std::string> sentences = faults(settings);
    sound_ = sentences.empty();
    fault_.clear();
    static const QRegularExpression isFault(u"^fault-"_s);
    for (Note* note : fields_->findChildren<Note*>(isFault))
        if (note->objectName() != "fault-targets"_L1) note->tell({}); // the grid's own
    for (const std::string& sentence : sentences) {
        const QString text = QString::fromStdString(sentence);
        const QString names = text.section(u':', 0, 0).section(u" of "_s, 0, 0).replace(u'_', u'-');
        // What is still empty is told by the hint under the start button.
        if (names == "model"_L1 || names == "data"_L1 || names == "targets"_L1) continue;
        static const QRegularExpression between(u", | or "_s);
        Note* note = nullptr;
        for (const QString& name : names.split(between))
            if (!note) note = fields_->findChild<Note*>(u"fault-"_s + name);
        if (note) note->tell(text.section(u':', 1).trimmed(), NoteKind::Error);
        if (fault_.isEmpty()) fault_ = text;
    }
    training_->showFaults();
}

} // namespace lora
