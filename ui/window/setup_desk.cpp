#include "ui/window/setup_desk.h"

#include "ui/elements/file_dialogs.h"
#include "ui/plots/spectra_history.h"
#include "ui/runs/run_folder_name.h"
#include "ui/setup/rank_budget.h"
#include "ui/setup/setup_column.h"
#include "ui/window/host_files.h"
#include "ui/window/pace_watch.h"

#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

SetupDesk::SetupDesk(
    EngineLink& link, Opened& opened, SetupColumn& setup, const QString& runs, QObject* parent)
    : QObject(parent), link_(link), opened_(opened), setup_(setup), runs_(runs) {
    connectSetup();
    connectLink();
    new PaceWatch(link, setup, this);
}

void SetupDesk::connectSetup() {
    connect(&setup_, &SetupColumn::modelWanted, this, &SetupDesk::loadModel);
    connect(&setup_, &SetupColumn::dataWanted, this, &SetupDesk::wantDataset);
    connect(&setup_, &SetupColumn::startClicked, this, &SetupDesk::start);
    connect(&setup_, &SetupColumn::modelBrowseRequested, this, &SetupDesk::chooseModel);
    connect(&setup_, &SetupColumn::dataBrowseRequested, this, &SetupDesk::chooseDataset);
    connect(&setup_, &SetupColumn::adapterBrowseRequested, this, &SetupDesk::chooseStartAdapter);
}

void SetupDesk::connectLink() {
    link_.on<ModelLoaded>(this, [this](const ModelLoaded& loaded) { takeModel(loaded); });
    link_.on<ModelClosed>(this, [this](const ModelClosed&) {
        open_ = {};
        setup_.setModel(nullptr);
    });
    link_.on<DatasetLoaded>(this, [this](const DatasetLoaded& dataset) {
        if (dataset.request == dataset_) setup_.setDataset(dataset);
    });
    link_.on<RunOpened>(this, [this](const RunOpened& opened) {
        const RunSettings& settings = opened.record->settings;
        if (opened.model_is_open) open_ = wishOf(settings);
        setup_.read(settings);
        setup_.setDataset({});
        datasetWaits_ = true;
    });
    link_.on<RunStarted>(this, [this](const RunStarted& run) {
        if (opened_.isSweep() || !run.resumed) return; // a sweep's runs are not the set-up's
        open_ = wishOf(run.settings);
        setup_.read(run.settings);
        setup_.setDataset({});
        datasetWaits_ = true;
    });
    link_.on<Refused>(this, [this](const Refused& refused) { takeRefusal(refused); });
    link_.on<StateChanged>(this, [this](const StateChanged&) {
        if (datasetWaits_ && link_.state() != EngineState::Loading) wantDataset();
    });
}

SetupStatus SetupDesk::status() const {
    SetupStatus status = opened_.with(setup_.status());
    status.otherModel = opened_.model() && wishOf(setup_.settings()) != open_;
    return status;
}

template <class Change>
void SetupDesk::change(const Change& change) {
    RunSettings settings = setup_.settings();
    change(settings);
    setup_.read(settings);
}

void SetupDesk::loadModel() {
    const Wish wish = wishOf(setup_.settings());
    if (wish.path.empty()) return;
    asked_ = wish;
    load_ = link_.post(LoadModel{wish.path, wish.device, wish.dtype, wish.quantized});
}

void SetupDesk::useModel(const QString& path) {
    change([&](RunSettings& settings) { settings.model = path.toStdString(); });
    loadModel();
}

void SetupDesk::useDataset(const QString& path) {
    change([&](RunSettings& settings) { settings.data.train = path.toStdString(); });
    setup_.setDataset({});
    wantDataset();
}

void SetupDesk::useLearningRate(double rate) {
    change([&](RunSettings& settings) { settings.training.lr = rate; });
}

void SetupDesk::askForAnswers() {
    constexpr int few = 8;
    change([](RunSettings& settings) { settings.answers.rows = few; });
}

void SetupDesk::takeModel(const ModelLoaded& loaded) {
    const ModelSummary& model = *loaded.model;
    // What is not quantized is what it is, whichever of the two was wished.
    const QuantizedWeights wished = setup_.settings().quantized;
    const QuantizedWeights kept = model.packed ? QuantizedWeights::Packed : QuantizedWeights::Unpacked;
    const QuantizedWeights found = model.made.empty() ? kept : quantized_weights(model.made);
    open_ = loaded.request == load_ ? asked_
                                    : Wish{model.path, model.device, number_type(model.dtype),
                                        model.packable_values > 0 || model.packed ? found : wished};
    setup_.setModel(loaded.model);
    datasetWaits_ = true;
}

// What was refused goes back to what is: the fields to the model that is open, the counts to none.
void SetupDesk::takeRefusal(const Refused& refused) {
    const RequestId request = refused.request.id;
    if (request == dataset_) setup_.refuseDataset(QString::fromUtf8(refused.why.what()));
    const bool wasLoad = request == load_;
    if (wasLoad && opened_.model() && !open_.path.empty())
        change([&](RunSettings& settings) {
            settings.model = open_.path;
            settings.device = open_.device;
            settings.dtype = open_.dtype;
            settings.quantized = open_.quantized;
        });
    // What was to be opened may have taken a reading's place.
    const bool wasOpening = wasLoad || std::holds_alternative<OpenRun>(refused.request.command);
    if (wasOpening && !setup_.status().dataset) wantDataset();
}

void SetupDesk::wantDataset() {
    const RunSettings settings = setup_.settings();
    datasetWaits_ = opened_.model() && !settings.data.train.empty();
    const EngineState state = link_.state();
    if (!datasetWaits_ || isRunActive(state)) return;
    datasetWaits_ = false;
    dataset_ = link_.post(LoadDataset{settings.data});
}

void SetupDesk::start() { begin(setup_.settings()); }

SetupDesk::Asked SetupDesk::begin(const RunSettings& settings) {
    Asked asked;
    if (const Wish wish = wishOf(settings); wish != open_) {
        setup_.read(settings);
        asked_ = wish;
        asked.load = load_ = link_.post(LoadModel{wish.path, wish.device, wish.dtype, wish.quantized});
    }
    asked.start = link_.post(StartRun{settings, newRunFolder(runs(), settings).toStdString()});
    return asked;
}

void SetupDesk::resume() {
    if (link_.state() == EngineState::Paused)
        link_.post(ContinueRun{});
    else if (opened_.resumable())
        link_.post(ResumeRun{opened_.resumable()->toStdString()});
}

// On another machine runs lie where that one keeps them.
QString SetupDesk::runs() const {
    return link_.isElsewhere() ? QString::fromStdString(link_.connection().engine.runs) : runs_;
}

void SetupDesk::chooseModel() {
    const QString path = link_.isElsewhere() ? askOnHost(link_, &setup_, tr("Open a model"), u"model"_s,
                             QString::fromStdString(link_.connection().engine.models))
                                             : askForModel(&setup_);
    if (!path.isEmpty()) useModel(path);
}

void SetupDesk::chooseDataset(bool evaluation) {
    const QString title = evaluation ? tr("Open a dataset to evaluate on") : tr("Open a dataset");
    const QString path = link_.isElsewhere() ? askOnHost(link_, &setup_, title, u"dataset"_s)
                                             : askForFile(&setup_, title, u"dataset"_s, datasetFilter());
    if (path.isEmpty()) return;
    if (!evaluation) return useDataset(path);
    change([&](RunSettings& settings) { settings.data.eval = path.toStdString(); });
    setup_.setDataset({});
    wantDataset();
}

void SetupDesk::chooseStartAdapter() {
    const QString title = tr("The adapter to start from");
    const QString path = link_.isElsewhere() ? askOnHost(link_, &setup_, title, u"adapter"_s, runs())
                                             : askForFolder(&setup_, title, u"adapter"_s);
    if (!path.isEmpty()) change([&](RunSettings& settings) { settings.lora.adapter = path.toStdString(); });
}

void SetupDesk::chooseNextRanks(const SpectraHistory& spectra) {
    const auto latest = spectra.latest();
    if (!latest || !opened_.model()) return;
    std::vector<RankNeed> needs;
    for (const LinearInfo& linear : opened_.model()->linears)
        if (const Spectrum* spectrum = spectrumOf(*latest, linear.path))
            needs.push_back(
                {linear.path, linear.in, linear.out, spectrum->measures.effective_rank.value_or(0)});
    auto* dialog = new RankBudgetDialog(std::move(needs), opened_.adapter().parameters, &setup_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { setup_.setRanks(dialog->ranks()); });
    dialog->open();
}

} // namespace lora
