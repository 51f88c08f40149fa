#pragma once
// The block of rows around the one in sight, a line each, and the way to the blocks before and behind it.

#include "engine/survey/readable_row.h"

#include <QWidget>
#include <memory>
#include <vector>

class QLabel;
class QTableView;
class QToolButton;

namespace lora {

class RowHeads;

class RowList : public QWidget {
    Q_OBJECT
public:
    explicit RowList(QWidget* parent = nullptr);

    /// The block, with this row of all selected; `rows`: how many there are in all.
    void show(std::shared_ptr<const std::vector<RowHead>> heads, std::int64_t selected, std::int64_t rows);
    void clear();
    /// There are more by now.
    void setRowCount(std::int64_t rows);

Q_SIGNALS:
    void rowWanted(std::int64_t index);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void refresh();
    QToolButton* button(const QString& objectName, const QString& sign, const QString& name);

    RowHeads* model_;
    QTableView* view_;
    QToolButton* back_;
    QToolButton* on_;
    QLabel* where_;
    std::int64_t first_ = 0;
    std::int64_t rows_ = 0;
    bool filling_ = false; ///< the selection moves with what is shown, and asks for nothing
};

} // namespace lora
