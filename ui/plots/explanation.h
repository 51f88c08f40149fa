#pragma once
// What a plot or a page tells, for someone who sees it for the first time.

#include <QString>

namespace lora {

struct Explanation {
    QString shows;   ///< what is drawn
    QString reading; ///< how to read it
    QString action;  ///< what to do about what one sees; may be empty
};

Explanation explainLoss();
Explanation explainSpectrum();
Explanation explainHeatMap();
Explanation explainSimilarity();
Explanation explainRankAdvice();
Explanation explainSweepCurves();
Explanation explainRunOverlay();

/// As rich text of three short paragraphs below a title.
QString richText(const QString& title, const Explanation& explanation);

} // namespace lora
