#pragma once
// The grid of linears that can be adapted, blocks down and modules across: each cell a block that is ticked
// by a click, the space bar, or a drag over several.

#include <QPoint>
#include <QTableView>

namespace lora {

class TargetModel;

class TargetTable : public QTableView {
    Q_OBJECT
public:
    TargetTable(TargetModel* model, QWidget* parent);

    /// As high as its rows, up to a few of them; hidden where there are none.
    void fitHeight();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void paintTo(const QPoint& here);

    TargetModel* model_;
    bool painting_ = false; ///< the mouse is down and ticks what it passes
    bool paintsTicks_ = true;
    QPoint painted_; ///< where it was before
};

} // namespace lora
