#pragma once
// By what the runs of a sweep are ranked, to choose, and which one is the best by it.

#include "engine/sweeps/sweep_ranking.h"

#include <QWidget>
#include <optional>

class QComboBox;
class QLabel;

namespace lora {

class RankingStrip : public QWidget {
    Q_OBJECT
public:
    explicit RankingStrip(QWidget* parent = nullptr);

    /// Offers what finished runs of the table have; what the user chose stays where they have it.
    void setTable(const SweepTable& table);
    const SweepRanking& ranking() const { return ranking_; }

Q_SIGNALS:
    void chosen(); ///< by the user

private:
    void rank();

    SweepTable table_;
    std::optional<SweepMeasure> wanted_; ///< by the user; none: the usual one
    SweepRanking ranking_;
    QComboBox* by_;
    QLabel* best_;
};

} // namespace lora
