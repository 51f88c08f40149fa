#pragma once
// The update's own numbers: rank, alpha and the scale that follows from them, dropout, how A begins. What the
// method does not take is not shown, unless it stands at a value that the method refuses.

#include "engine/settings/method_fields.h"

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
    /// Shows what the settings' method takes, and the scale that they come to. Whether anything is left to
    /// show.
    bool showFor(const RunSettings& settings);

Q_SIGNALS:
    void changed();
    void browseRequested();

private:
    void showPattern();

    QSpinBox* rank_;
    QDoubleSpinBox* alpha_;
    QLabel* scale_;
    QLabel* scaleName_;
    QDoubleSpinBox* dropout_;
    QComboBox* init_;
    PathField* adapter_;
    bool scaled_ = true; ///< α is what its field says; else it goes with the rank
    QWidget* pattern_;   ///< the row that tells of ranks_
    QLabel* patternWords_;
    RankPattern ranks_;
    AlphaPattern alphas_;
};

} // namespace lora
