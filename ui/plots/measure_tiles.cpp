#include "ui/plots/measure_tiles.h"

#include "ui/plots/heat_map_data.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

MeasureTiles::MeasureTiles(QWidget* parent) : QWidget(parent) {
    setObjectName(u"measures"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 3, 10, 6);
    row->setSpacing(8);
    linear_ = addTile(tr("Linear"), u"measuresLinear"_s, tr("The linear whose update is measured here"));
    step_ = addTile(tr("Step"), u"measuresStep"_s, tr("The step whose update is measured here"));
    for (const Measure& each : measures())
        values_.push_back(addTile(QString::fromUtf8(each.caption),
            u"measure-%1"_s.arg(QLatin1StringView(each.key)), QString::fromUtf8(each.meaning)));
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

void MeasureTiles::setMeasures(std::int64_t step, const Spectrum& spectrum, const QString& linear) {
    linear_->setText(linear);
    linear_->parentWidget()->setHidden(linear.isEmpty());
    step_->setText(QString::number(step));
    for (std::size_t i = 0; i < values_.size(); ++i)
        values_[i]->setText(measureText(measures()[i], measures()[i].value(spectrum)));
}

void MeasureTiles::clear() {
    linear_->parentWidget()->hide();
    step_->setText(u"—"_s);
    for (QLabel* label : values_) label->setText(u"—"_s);
}

} // namespace lora
