#pragma once
// What the run card says, as plain values: the run in a few lines, and what is doubtful about it with the
// words of the button that mends it. Knows no widget.

#include "engine/plausibility/doubts.h"

#include <QString>
#include <vector>

namespace lora {

struct RunCardLine {
    QString key;  ///< "memory"
    QString name; ///< "Memory"
    QString value;
    QString tip = {};
};

struct RunCardDoubt {
    QString sentence;
    QString mend; ///< words for a button; empty: there is none
    bool refused = false;
    bool operator==(const RunCardDoubt&) const = default;
};

class RunCardModel {
public:
    void setPlan(const RunPlan& plan);

    const RunPlan& plan() const { return plan_; }
    const RunOutline& outline() const { return outline_; }
    std::vector<RunCardLine> lines() const; ///< always the same ones; what is not known yet is a dash
    std::vector<RunCardDoubt> doubts() const;
    /// Whether the run cannot work.
    bool isRefused() const;
    /// The plan's settings with one of the doubts mended.
    RunSettings mended(std::size_t doubt) const;

private:
    QString model() const;
    QString data() const;
    QString steps() const;
    QString pace() const;
    QString rate() const;
    QString memory() const;
    QString memoryParts() const;

    RunPlan plan_;
    RunOutline outline_;
    std::vector<Doubt> doubts_;
};

/// "Set Rank r to 192, set Alpha α to 384".
QString mendText(const std::vector<SettingChange>& mend);

} // namespace lora
