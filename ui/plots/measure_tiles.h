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

    /// Of the update after `step` steps; none: a dash in every tile. `linear` names whose they are, where
    /// that is not plain to see.
    void setMeasures(std::int64_t step, const Spectrum& spectrum, const QString& linear = {});
    void clear();

private:
    QLabel* addTile(const QString& caption, const QString& objectName, const QString& meaning);

    QLabel* linear_;
    QLabel* step_;
    std::vector<QLabel*> values_; ///< of measures(), in their order
};

} // namespace lora
