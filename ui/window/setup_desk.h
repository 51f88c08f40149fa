#pragma once
// The set-up column on the engine: opens what its fields name, starts what they say, and fills them with what
// was opened.

#include "ui/window/opened.h"

#include <QObject>
#include <QString>

namespace lora {

class SetupColumn;
class SpectraHistory;

class SetupDesk : public QObject {
    Q_OBJECT
public:
    /// `runs`: the folder that new runs go into.
    SetupDesk(
        EngineLink& link, Opened& opened, SetupColumn& setup, const QString& runs, QObject* parent = nullptr);

    /// The set-up's status, with whether its model is the one that is open.
    SetupStatus status() const;
    /// Posts what the fields name; nothing where they name nothing.
    void loadModel();
    void useModel(const QString& path);
    void useDataset(const QString& path);
    /// For the next run; takes the place of what the set-up says.
    void useLearningRate(double rate);
    /// A few held-out rows are answered at each evaluation of the next run.
    void askForAnswers();
    void start();
    /// What was posted to start a run; `load` is 0 where its model is open.
    struct Asked {
        RequestId load, start;
    };
    /// Starts a run of these settings, its model first where another one is open: the set-up follows then.
    Asked begin(const RunSettings& settings);
    /// Goes on with the paused run, or with the opened one from its checkpoint.
    void resume();
    /// Asks for ranks of the next run by what the spectra need.
    void chooseNextRanks(const SpectraHistory& spectra);
    /// Asks for a model, a file or a folder.
    void chooseModel();

private:
    void connectSetup();
    void connectLink();
    void takeModel(const ModelLoaded& loaded);
    void takeRefusal(const Refused& refused);
    /// Reads the dataset as soon as the engine is free to.
    void wantDataset();
    void chooseDataset(bool evaluation);
    void chooseStartAdapter();
    QString runs() const;
    template <class Change>
    void change(const Change& change);

    /// Which model, where and of what numbers: what a load is asked by.
    struct Wish {
        std::string path, device;
        NumberType dtype = NumberType::Float32;
        QuantizedWeights quantized = QuantizedWeights::Packed;
        bool operator==(const Wish&) const = default;
    };
    static Wish wishOf(const RunSettings& settings) {
        return {settings.model, settings.device, settings.dtype, settings.quantized};
    }

    EngineLink& link_;
    Opened& opened_;
    SetupColumn& setup_;
    QString runs_;
    Wish asked_;                ///< of the load that was posted last
    Wish open_;                 ///< as the model that is open was named; an empty path: none
    RequestId load_, dataset_;  ///< posted last
    bool datasetWaits_ = false; ///< wanted once the engine is free
};

} // namespace lora
