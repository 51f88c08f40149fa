#pragma once
// The rank measures of one update as a row of captioned numbers; each tells on hovering what it means.

#include "engine/measures/spectrum_values.h"

#include <QWidget>
#include <vector>

class QLabel;

namespace lora {

class MeasureTiles : public QWidget {
    Q_OBJECT
public:
    explicit MeasureTiles(QWidget* parent = nullptr);

    /// Of the update after `step` steps; none: a dash in every tile.
    void setMeasures(std::int64_t step, const Spectrum& spectrum);
    void clear();

private:
    QLabel* addTile(const QString& caption, const QString& objectName, const QString& meaning);

    QLabel* step_;
    std::vector<QLabel*> values_; ///< of measures(), in their order
};

} // namespace lora
