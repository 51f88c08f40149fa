#include "ui/plots/explanation.h"

#include "ui/elements/words.h"

namespace lora {

using namespace Qt::StringLiterals;

Explanation explainLoss() {
    return {
        tr("The loss of every training step (thin), its exponential mean (bold), and the loss on the "
           "held-out "
           "rows (circles). Loss is the mean surprise a token, in nats: e to its power is the perplexity."),
        tr("Both lines should fall and flatten. The circles matter most: the model has never learned those "
           "rows."),
        tr("Circles that turn up while the line still falls: the model learns its rows by heart; stop, or "
           "take "
           "fewer epochs. A line that jumps or climbs: halve the learning rate. A line that hardly falls: "
           "raise "
           "it, or adapt more modules.")};
}

Explanation explainSpectrum() {
    return {
        tr("The singular values σᵢ of the update ΔW = (α/r)·B·A of one linear, the largest first; fainter "
           "lines are earlier steps."),
        tr("Each σᵢ says how strongly ΔW acts in its i-th direction. A line that falls off a cliff after a "
           "few "
           "values uses few directions of its rank; a flat line uses them all."),
        tr("Much unused rank: a smaller rank would do, see the laboratory. All of it used, and the loss "
           "still "
           "falling: a larger one may help.")};
}

Explanation explainHeatMap() {
    return {tr("One number for the update of every adapted linear: layers from left to right, modules from "
               "top to "
               "bottom. The list above chooses the number, the slider the step."),
        tr("Bright cells changed most, or in most directions. A click shows a linear's singular values; "
           "Shift and "
           "a click puts a second one beside it."),
        tr("Modules that stay dark can be left out of the next run; \"Use as next ranks\" gives each linear "
           "the "
           "rank that it used.")};
}

Explanation explainSimilarity() {
    return {
        tr("How much of one update's first i directions lies within the first j of another: φ(i, j), from 0 "
           "(none) to 1 (all)."),
        tr("Two seeds of one run usually share their first directions and no others: what they share is what "
           "the "
           "data taught. Chance alone gives about the larger of i and j over the width."),
        tr("If only the first directions are shared, rank beyond them holds mostly noise.")};
}

Explanation explainRankAdvice() {
    return {tr("The loss that the adapter keeps when each update is cut down to its best approximation of a "
               "smaller rank."),
        tr("Where the loss is flat, more rank buys nothing; the dotted line marks the smallest rank that is "
           "enough. "
           "The dashed curve is the share of the update that is left: its energy, the sum of σ²."),
        tr("Save the adapter of the marked rank: it answers the same and is smaller.")};
}

Explanation explainSweepCurves() {
    return {tr("One point a run, or the mean over seeds with its spread, over the setting that was varied."),
        tr("Differences smaller than the spread over seeds mean nothing."),
        tr("Add seeds before you conclude.")};
}

Explanation explainRunOverlay() {
    return {tr("The curves of the selected runs over their steps."),
        tr("Compare evaluations where there are any: training losses of different batches differ by chance."),
        {}};
}

QString richText(const QString& title, const Explanation& explanation) {
    QString text = u"<b>%1</b><p>%2</p><p>%3</p>"_s.arg(
        title.toHtmlEscaped(), explanation.shows.toHtmlEscaped(), explanation.reading.toHtmlEscaped());
    if (!explanation.action.isEmpty()) text += u"<p>%1</p>"_s.arg(explanation.action.toHtmlEscaped());
    return text;
}

} // namespace lora
