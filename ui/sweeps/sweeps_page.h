#pragma once
// Many runs as one question: a sweep from a file or from the set-up with axes, its queue as it goes, its
// results as a table and as curves.

#include "ui/elements/enabled_actions.h"
#include "ui/link/engine_link.h"
#include "ui/plots/plot_export.h"
#include "ui/sweeps/sweep_archive.h"

#include <QWidget>
#include <memory>
#include <optional>

class QCustomPlot;
class QTableView;

namespace lora {

class AxisEditor;
class RankingStrip;
class ResultTable;
class SweepBar;
class SweepCurves;
class SweepStarter;

class SweepsPage : public QWidget {
    Q_OBJECT
public:
    /// `folder` holds the sweeps.
    SweepsPage(EngineLink& link, const QString& folder, QWidget* parent = nullptr);

    /// The set-up, which a sweep made here varies.
    void setBase(const RunSettings& base);

    /// Reads a sweep's file and starts it. Relative paths in it lie beside it; those of data in `dataFolder`,
    /// or, where that is empty, beside it, beside the set-up's data, or where the user says.
    void startFile(const QString& path, const QString& dataFolder = {});
    /// Shows a past sweep's results.
    void openSweep(const QString& folder);
    QString folder() const { return folder_; }

    /// For an export.
    QCustomPlot* plot() const;
    Table table() const;

Q_SIGNALS:
    void complained(const QString& text);
    void runOpenRequested(const QString& folder);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildResults();
    void connectAll();
    void connectLink();
    /// What the engine says of the sweep under way.
    void setSweep(const SweepChanged& sweep);
    /// One of its runs took a step.
    void setStep(const StepDone& step);
    void showTable();
    void showRows();
    void showButtons();
    bool isLive() const { return !live_.isEmpty(); }

    EngineLink& link_;
    SweepArchive archive_;
    SweepStarter* starter_;
    QString folder_; ///< of the sweep in sight
    QString live_;   ///< of the one under way; empty: none
    SweepTable table_;
    std::optional<std::size_t> current_; ///< the run under way
    SweepBar* bar_;
    AxisEditor* editor_;
    RankingStrip* ranking_;
    ResultTable* rows_;
    QTableView* view_;
    SweepCurves* curves_;
};

} // namespace lora
