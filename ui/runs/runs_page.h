#pragma once
// Past runs: found by typing, overlaid, compared, written about, exported, thrown away.

#include "ui/link/engine_link.h"
#include "ui/runs/run_actions.h"
#include "ui/runs/run_archive.h"

#include <QWidget>
#include <map>
#include <set>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QToolButton;

namespace lora {

class RunDetails;
class RunOverlay;
class RunsFilter;
class RunsModel;

class RunsPage : public QWidget {
    Q_OBJECT
public:
    RunsPage(EngineLink& link, const QString& folder, QWidget* parent = nullptr);

    RunOverlay* overlay() const { return overlay_; }
    RunsModel* model() const { return model_; }
    /// Reads the list anew.
    void refresh();
    /// Folders of the selected runs, top to bottom.
    std::vector<std::string> selected() const;
    void select(const std::vector<std::string>& folders);
    void exportTensorBoard(const QString& folder);
    void exportCsv(const QString& path);
    void moveToTrash();

Q_SIGNALS:
    void openRequested(const QString& folder);
    void bestOpenRequested(const QString& folder);
    void resumeRequested(const QString& folder);
    void said(const QString& text);
    void complained(const QString& text);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* buildHead();
    QWidget* buildTable();
    void connectAll();
    void connectActions();
    QString theOne() const;
    void connectLink();
    void takeList(const std::vector<RunListing>& runs);
    void showSelection();
    void showOverlay();
    void askBeforeTrash();
    void chooseExport(bool tensorBoard);
    template <class Write>
    void exportSelected(const Write& write);

    EngineLink& link_;
    RunArchive archive_;
    RunsModel* model_;
    RunsFilter* filter_;
    QLineEdit* search_;
    QLabel* count_;
    QPushButton* open_;
    QPushButton* resume_;
    QToolButton* export_;
    QPushButton* trash_;
    QTableView* table_;
    RunActions actions_;
    RunOverlay* overlay_;
    RunDetails* details_;
    std::string started_; ///< the folder of the run that was started last
    std::string active_;  ///< of the one in progress, which cannot be thrown away; empty: none
    std::map<std::string, std::shared_ptr<const RunRecord>> records_; ///< of runs that were selected
    std::set<std::string> reading_;
};

} // namespace lora
