#pragma once
// What a run does, live: loss, the spectrum of one linear, the map of all, and the strip beneath.

#include "ui/engine_link.h"
#include "ui/layer_grid.h"
#include "ui/plot_export.h"

#include <QWidget>

class QCustomPlot;

namespace lora {

class BannerArea;
class HeatMap;
class LossPlot;
class PlotFrame;
class ProgressStrip;
class SpectrumPlot;

class LiveView : public QWidget {
    Q_OBJECT
public:
    explicit LiveView(QWidget* parent = nullptr);

    BannerArea* banners() const { return banners_; }
    LossPlot* loss() const { return loss_; }
    ProgressStrip* strip() const { return strip_; }
    void setGrid(const LayerGrid& grid);
    void startRun(const RunStarted& run);
    void showRecord(const RunRecord& record);
    void add(const std::vector<StepDone>& steps);
    void add(const EvaluationDone& evaluation);
    /// Of the run, or of an adapter that was loaded.
    void add(const SpectraDone& spectra);
    /// No adapter is in place: no spectra.
    void clearSpectra();

    /// The plot last pressed, the loss before that: what an export takes.
    QCustomPlot* currentPlot() const;
    Table currentTable() const;
    QString currentName() const;

private:
    void connectPlots();
    void setCurrent(PlotFrame* frame);
    void fill(const RunRecord& record, std::int64_t lastStep);

    BannerArea* banners_;
    LossPlot* loss_;
    SpectrumPlot* spectrum_;
    HeatMap* heat_;
    ProgressStrip* strip_;
    PlotFrame* current_ = nullptr;
};

} // namespace lora
