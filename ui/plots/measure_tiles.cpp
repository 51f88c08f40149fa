#include "ui/plots/measure_tiles.h"

#include "ui/elements/quantities.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString shortName(Measure measure) {
    switch (measure) {
    case Measure::EffectiveRank: return MeasureTiles::tr("Effective rank");
    case Measure::StableRank: return MeasureTiles::tr("Stable rank");
    case Measure::ParticipationRatio: return MeasureTiles::tr("Participation");
    case Measure::Rank90: return MeasureTiles::tr("Rank 90 %");
    case Measure::Rank99: return MeasureTiles::tr("Rank 99 %");
    case Measure::Rank: return MeasureTiles::tr("Rank r");
    case Measure::Frobenius: return MeasureTiles::tr("‖ΔW‖");
    case Measure::RelativeNorm: return MeasureTiles::tr("‖ΔW‖/‖W₀‖");
    }
    return {};
}

} // namespace

MeasureTiles::MeasureTiles(QWidget* parent) : QWidget(parent) {
    setObjectName(u"measures"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 3, 10, 6);
    row->setSpacing(8);
    step_ = addTile(tr("Step"), u"measuresStep"_s, tr("The step whose update is measured here"));
    for (const Measure measure : allMeasures())
        values_[measure] =
            addTile(shortName(measure), u"measure-%1"_s.arg(static_cast<int>(measure)), meaning(measure));
    clear();
}

QLabel* MeasureTiles::addTile(const QString& caption, const QString& objectName, const QString& meaning) {
    auto* tile = new QWidget(this);
    // Rich text wraps in a tool tip, plain text does not.
    tile->setToolTip(u"<p>%1</p>"_s.arg(meaning.toHtmlEscaped()));
    auto* name = new QLabel(caption, tile);
    name->setForegroundRole(QPalette::PlaceholderText);
    QFont small = name->font();
    small.setPointSizeF(small.pointSizeF() * 0.82);
    name->setFont(small);
    auto* value = new QLabel(tile);
    value->setObjectName(objectName);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFont bold = value->font();
    bold.setBold(true);
    value->setFont(bold);
    auto* column = new QVBoxLayout(tile);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(name);
    column->addWidget(value);
    static_cast<QHBoxLayout*>(layout())->addWidget(tile, 1);
    return value;
}

void MeasureTiles::setMeasures(std::int64_t step, const RankMeasures& measures) {
    step_->setText(QString::number(step));
    for (const auto& [measure, label] : values_)
        label->setText(measureText(measure, value(measures, measure)));
}

void MeasureTiles::clear() {
    step_->setText(u"—"_s);
    for (const auto& [measure, label] : values_) label->setText(u"—"_s);
}

} // namespace lora
