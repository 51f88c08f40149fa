#pragma once
// The update's own numbers: rank, alpha and the scale that follows from them, dropout, how A begins.

#include "engine/training/settings.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace lora {

class PathField;

class LoraPanel : public QWidget {
    Q_OBJECT
public:
    explicit LoraPanel(QWidget* parent = nullptr);

    void read(const LoraSettings& lora);
    /// All but the selection of targets.
    void write(LoraSettings& lora) const;
    /// Ranks of single linears, at the scale that all have; empty: none.
    void setRanks(const RankPattern& ranks);

Q_SIGNALS:
    void changed();
    void browseRequested();

private:
    void showScale();
    void showPattern();

    QSpinBox* rank_;
    QDoubleSpinBox* alpha_;
    QLabel* scale_;
    QDoubleSpinBox* dropout_;
    QComboBox* init_;
    PathField* adapter_;
    QWidget* pattern_; ///< the row that tells of ranks_
    QLabel* patternWords_;
    RankPattern ranks_;
    AlphaPattern alphas_;
};

} // namespace lora
