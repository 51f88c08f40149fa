#pragma once
// The rank measures of one update as a row of captioned numbers; each tells on hovering what it means.

#include "ui/plots/heat_map_data.h"

#include <QWidget>
#include <map>

class QLabel;

namespace lora {

class MeasureTiles : public QWidget {
    Q_OBJECT
public:
    explicit MeasureTiles(QWidget* parent = nullptr);

    /// Of the update after `step` steps; none: a dash in every tile.
    void setMeasures(std::int64_t step, const RankMeasures& measures);
    void clear();

private:
    QLabel* addTile(const QString& caption, const QString& objectName, const QString& meaning);

    QLabel* step_;
    std::map<Measure, QLabel*> values_;
};

} // namespace lora
