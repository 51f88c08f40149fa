#include "ui/runs/runs_model.h"

#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <QDateTime>
#include <QFileInfo>
#include <QIcon>
#include <QPainter>
#include <QPixmap>
#include <algorithm>
#include <limits>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString fileName(const std::string& path) { return QFileInfo(QString::fromStdString(path)).fileName(); }

/// Behind all others where there is none.
double sortable(const std::optional<double>& value) {
    return value.value_or(std::numeric_limits<double>::max());
}

} // namespace

void RunsModel::setRuns(std::vector<RunListing> runs) {
    beginResetModel();
    runs_ = std::move(runs);
    texts_.clear();
    for (const RunListing& run : runs_) texts_.push_back(search_text(run));
    endResetModel();
}

int RunsModel::rowOf(const std::string& folder) const {
    for (std::size_t row = 0; row < runs_.size(); ++row)
        if (runs_[row].folder == folder) return static_cast<int>(row);
    return -1;
}

const RunListing* RunsModel::find(const std::string& folder) const {
    const int row = rowOf(folder);
    return row < 0 ? nullptr : &run(row);
}

void RunsModel::setNotes(const std::string& folder, const RunNotes& notes) {
    const int row = rowOf(folder);
    if (row < 0) return;
    const auto at = static_cast<std::size_t>(row);
    runs_[at].notes = notes;
    texts_[at] = search_text(runs_[at]);
    Q_EMIT dataChanged(index(row, 0), index(row, Columns - 1));
}

void RunsModel::setColors(std::map<std::string, QColor> colors) {
    if (colors == colors_) return;
    colors_ = std::move(colors);
    if (!runs_.empty()) Q_EMIT dataChanged(index(0, Name), index(rowCount() - 1, Name), {Qt::DecorationRole});
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QString RunsModel::text(const RunListing& run, int column) const {
    const RunSettings& settings = run.settings;
    switch (column) {
    case Name: return QString::fromStdString(run.called());
    case Date: return QDateTime::fromSecsSinceEpoch(run.changed).toString(u"yyyy-MM-dd HH:mm"_s);
    case Steps:
        return run.finished ? countText(run.steps_done)
                            : tr("%1 of %2").arg(countText(run.steps_done), countText(run.total_steps));
    case Loss: return measureText(run.loss);
    case Evaluation: return measureText(run.evaluation);
    case Rank:
        return settings.lora.adapter.empty() ? QString::number(settings.lora.rank) : tr("as its start");
    case LearningRate: return QString::number(settings.training.lr, 'g', 3);
    case Targets:
        return QString::fromStdString(
            settings.lora.selection.targets
            + (settings.lora.selection.layers.empty() ? "" : " · " + settings.lora.selection.layers));
    case Model: return fileName(settings.model);
    case Data: return fileName(settings.data.train);
    case Tags: return QString::fromStdString(text_of(run.notes.tags));
    default: return {};
    }
}

QVariant RunsModel::sortValue(const RunListing& run, int column) const {
    switch (column) {
    case Date: return static_cast<qlonglong>(run.changed);
    case Steps: return static_cast<qlonglong>(run.steps_done);
    case Loss: return sortable(run.loss);
    case Evaluation: return sortable(run.evaluation);
    case Rank: return static_cast<qlonglong>(run.settings.lora.rank);
    case LearningRate: return run.settings.training.lr;
    default: return text(run, column);
    }
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const RunListing& run = this->run(index.row());
    const bool number = index.column() >= Steps && index.column() <= LearningRate;
    switch (role) {
    case Qt::DisplayRole: return text(run, index.column());
    case sortRole: return sortValue(run, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        if (index.column() == Model) return plainTip(QString::fromStdString(run.settings.model));
        if (index.column() == Data) return plainTip(QString::fromStdString(run.settings.data.train));
        return plainTip(QString::fromStdString(run.notes.text.empty() ? run.folder : run.notes.text));
    case Qt::DecorationRole: {
        if (index.column() != Name) return {};
        const auto color = colors_.find(run.folder);
        QPixmap swatch(12, 12);
        swatch.fill(
            color == colors_.end() ? Qt::transparent : Qt::white); // a rim that stands out when selected
        if (color != colors_.end()) QPainter(&swatch).fillRect(1, 1, 10, 10, color->second);
        QIcon icon(swatch);
        icon.addPixmap(swatch, QIcon::Selected); // the style's own would be tinted
        return icon;
    }
    default: return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            (section >= Steps && section <= LearningRate ? Qt::AlignRight : Qt::AlignLeft)
            | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Loss) return tr("The last step's loss on its training batch");
    if (role == Qt::ToolTipRole && section == Evaluation)
        return tr("The last evaluation's loss, on samples that are not trained on");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name: return tr("Run");
    case Date: return tr("Last step");
    case Steps: return tr("Steps");
    case Loss: return tr("Loss");
    case Evaluation: return tr("Evaluation");
    case Rank: return tr("Rank");
    case LearningRate: return tr("Learning rate");
    case Targets: return tr("Targets");
    case Model: return tr("Model");
    case Data: return tr("Data");
    case Tags: return tr("Tags");
    default: return {};
    }
}

RunsFilter::RunsFilter(RunsModel* model, QObject* parent) : QSortFilterProxyModel(parent), model_(model) {
    setSourceModel(model);
    setSortRole(RunsModel::sortRole);
}

void RunsFilter::setWords(const QString& words) {
    words_ = words.toStdString();
    invalidateRowsFilter();
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    return matches(model_->searchText(row), words_);
}

} // namespace lora
