#pragma once
// What a run does, live: loss, the spectrum of one linear, the map of all, and the strip beneath.

#include "ui/link/engine_link.h"
#include "ui/plots/layer_grid.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/spectra_history.h"

#include <QWidget>
#include <map>
#include <string>

class QCustomPlot;

namespace lora {

class HeatMap;
class LossPlot;
class PlotFrame;
class ProgressStrip;
class SpectrumPlot;

class LiveView : public QWidget {
    Q_OBJECT
public:
    explicit LiveView(EngineLink& link, QWidget* parent = nullptr);

    LossPlot* loss() const { return loss_; }
    void setGrid(const LayerGrid& grid);
    void startRun(const RunStarted& run);
    void showRecord(const RunRecord& record);
    void add(const std::vector<StepDone>& steps);
    void add(const EvaluationDone& evaluation);
    /// Of the run, or of an adapter that was loaded.
    void add(const SpectraDone& spectra);
    /// Marks its linears in the map; advice stands in their tool tips alone.
    void add(const Alarm& alarm);
    /// No adapter is in place: no spectra.
    void clearSpectra();
    const SpectraHistory& spectra() const { return history_; }

    /// The plot last pressed, the loss before that: what an export takes.
    QCustomPlot* currentPlot() const;
    Table currentTable() const;
    QString currentName() const;
    /// The linears that the plot is of; empty where it is of the whole run.
    QString currentSubject() const;

Q_SIGNALS:
    void nextRanksWanted();

private:
    void connectPlots();
    void connectLink(EngineLink& link);
    void connectStrip(EngineLink& link);
    void setCurrent(PlotFrame* frame);
    void fill(const RunRecord& record, std::int64_t lastStep);
    void showSpectra();

    LossPlot* loss_;
    SpectrumPlot* spectrum_;
    HeatMap* heat_;
    ProgressStrip* strip_;
    PlotFrame* current_ = nullptr;
    SpectraHistory history_;
    std::map<std::string, QString> alarms_; ///< linear → what was said of it
    std::map<std::string, QString> advice_; ///< the same of what is no fault
    bool spectraWait_ = false;              ///< some came that are not shown yet
};

} // namespace lora
