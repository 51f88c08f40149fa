#pragma once
// Past runs as a table that can be sorted and searched.

#include "engine/runs/run_record.h"

#include <QAbstractTableModel>
#include <QColor>
#include <QSortFilterProxyModel>
#include <map>
#include <string>
#include <vector>

namespace lora {

class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name,
        Date,
        Steps,
        Loss,
        Evaluation,
        Rank,
        LearningRate,
        Targets,
        Model,
        Data,
        Tags,
        Columns
    };
    static constexpr int sortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;

    void setRuns(std::vector<RunListing> runs);
    const RunListing& run(int row) const { return runs_.at(static_cast<std::size_t>(row)); }
    /// Null if the run is not there.
    const RunListing* find(const std::string& folder) const;
    /// All that the row can be found by.
    const std::string& searchText(int row) const { return texts_.at(static_cast<std::size_t>(row)); }
    void setNotes(const std::string& folder, const RunNotes& notes);
    /// The colours in which runs are drawn, by folder; others have none.
    void setColors(std::map<std::string, QColor> colors);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString text(const RunListing& run, int column) const;
    QVariant sortValue(const RunListing& run, int column) const;
    int rowOf(const std::string& folder) const;

    std::vector<RunListing> runs_;
    std::vector<std::string> texts_;
    std::map<std::string, QColor> colors_;
};

/// The rows in which every word that was typed is found.
class RunsFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit RunsFilter(RunsModel* model, QObject* parent = nullptr);
    void setWords(const QString& words);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    RunsModel* model_;
    std::string words_;
};

} // namespace lora
