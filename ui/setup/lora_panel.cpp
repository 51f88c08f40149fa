#include "ui/setup/lora_panel.h"

#include "engine/targets/rank_pattern.h"
#include "ui/elements/note.h"
#include "ui/elements/path_field.h"
#include "ui/elements/quantities.h"
#include "ui/elements/section.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

/// Its arrows double and halve; any number can be typed.
class DoublingSpinBox : public QSpinBox {
public:
    using QSpinBox::QSpinBox;
    void stepBy(int steps) override {
        int wanted = value();
        for (; steps > 0 && wanted <= maximum() / 2; --steps) wanted *= 2;
        for (; steps < 0 && wanted > minimum(); ++steps) wanted /= 2;
        setValue(wanted);
    }
};

} // namespace

LoraPanel::LoraPanel(QWidget* parent)
    : QWidget(parent), rank_(new DoublingSpinBox(this)), alpha_(new QDoubleSpinBox(this)),
      scale_(new QLabel(this)), scaleName_(new QLabel(tr("Scale α/r"), this)),
      dropout_(new QDoubleSpinBox(this)), init_(new QComboBox(this)),
      adapter_(new PathField(u"startAdapter"_s, tr("a new adapter"), this)), pattern_(new QWidget(this)),
      patternWords_(new QLabel(pattern_)) {
    rank_->setObjectName(u"rank"_s);
    rank_->setRange(1, 4096);
    rank_->setToolTip(
        tr("How many directions the update of each linear may use. The arrows double and halve it."));
    alpha_->setObjectName(u"alpha"_s);
    alpha_->setRange(0.01, 100000);
    alpha_->setDecimals(2);
    scale_->setObjectName(u"scale"_s);
    scale_->setToolTip(tr("The update is ΔW = (α/r)·B·A: this is the factor in front."));
    dropout_->setObjectName(u"dropout"_s);
    dropout_->setRange(0, 0.95);
    dropout_->setSingleStep(0.05);
    dropout_->setToolTip(tr("Share of the inputs of A that is dropped while training."));
    init_->setObjectName(u"init"_s);
    init_->addItem(tr("uniform in ±1/√in"), static_cast<int>(InitialA::Uniform));
    init_->addItem(tr("gaussian (as in the paper)"), static_cast<int>(InitialA::Gaussian));
    init_->setToolTip(tr("How A begins. B begins as zero, so that ΔW = 0 before the first step."));
    auto* rankNote = new Note(u"fault-rank"_s, this);
    auto* alphaNote = new Note(u"fault-alpha"_s, this);
    QFormLayout* form = makeForm(this);
    form->addRow(tr("Rank r"), rank_);
    form->addRow(rankNote);
    form->addRow(tr("Alpha α"), alpha_);
    form->addRow(alphaNote);
    form->addRow(scaleName_, scale_);
    auto* clear = new QToolButton(pattern_);
    clear->setObjectName(u"clearRankPattern"_s);
    clear->setText(tr("Clear"));
    clear->setToolTip(tr("One rank for all again"));
    patternWords_->setObjectName(u"rankPattern"_s);
    auto* patternRow = new QHBoxLayout(pattern_);
    patternRow->setContentsMargins(0, 0, 0, 0);
    patternRow->addWidget(patternWords_, 1);
    patternRow->addWidget(clear);
    const auto addRow = [this, form](const QString& label, QWidget* field, const QString& fault) {
        form->addRow(label, field);
        form->addRow(new Note(u"fault-"_s + fault, this));
    };
    addRow(tr("Own ranks"), pattern_, u"rank-pattern"_s);
    addRow(tr("Dropout"), dropout_, u"dropout"_s);
    addRow(tr("Initial A"), init_, u"init"_s);
    addRow(tr("Start from"), adapter_, u"adapter"_s);
    const auto announce = [this] { Q_EMIT changed(); };
    const auto rescale = [this, announce] {
        // Linears with a rank of their own keep the scale of all.
        alphas_ = alphas_of(ranks_, alpha_->value() / rank_->value());
        announce();
    };
    connect(clear, &QToolButton::clicked, this, [this, announce] {
        setRanks({});
        announce();
    });
    connect(rank_, &QSpinBox::valueChanged, this, rescale);
    connect(alpha_, &QDoubleSpinBox::valueChanged, this, rescale);
    connect(dropout_, &QDoubleSpinBox::valueChanged, this, announce);
    connect(init_, &QComboBox::activated, this, announce);
    connect(adapter_, &PathField::pathEntered, this, announce);
    connect(adapter_, &PathField::browseRequested, this, &LoraPanel::browseRequested);
    showPattern();
}

void LoraPanel::setRanks(const RankPattern& ranks) {
    ranks_ = ranks;
    alphas_ = alphas_of(ranks_, alpha_->value() / rank_->value());
    showPattern();
}

void LoraPanel::showPattern() {
    static_cast<QFormLayout*>(layout())->setRowVisible(pattern_, !ranks_.empty());
    if (ranks_.empty()) return;
    const auto [least, most] = std::minmax_element(
        ranks_.begin(), ranks_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    patternWords_->setText(
        tr("%1 linears, r %2 to %3").arg(ranks_.size()).arg(least->second).arg(most->second));
    patternWords_->setToolTip(QString::fromStdString(pattern_text(ranks_)).replace(u',', u'\n'));
}

bool LoraPanel::showFor(const RunSettings& settings) {
    const UpdateScale scale = update_scale(settings);
    scaleName_->setText(tr("Scale %1").arg(QString::fromStdString(scale.words)));
    scale_->setText(u"<b>%1</b>"_s.arg(QString::number(scale.value, 'g', 4)));
    const SharedFields takes = shared_fields(settings.method);
    const LoraSettings usual;
    const bool dropout = takes.dropout || dropout_->value() > 0;
    const bool init = takes.init || static_cast<InitialA>(init_->currentData().toInt()) != usual.init;
    const bool adapter = takes.adapter || !adapter_->path().isEmpty();
    auto* form = static_cast<QFormLayout*>(layout());
    scaled_ = takes.alpha || !takes.rank;
    form->setRowVisible(rank_, takes.rank);
    form->setRowVisible(alpha_, takes.alpha);
    form->setRowVisible(scale_, takes.alpha);
    form->setRowVisible(dropout_, dropout);
    form->setRowVisible(init_, init);
    form->setRowVisible(adapter_, adapter);
    return takes.rank || dropout || init || adapter || !ranks_.empty();
}

void LoraPanel::read(const LoraSettings& lora) {
    const QSignalBlocker quiet(this);
    rank_->setValue(static_cast<int>(lora.rank));
    alpha_->setValue(lora.alpha);
    dropout_->setValue(lora.dropout);
    init_->setCurrentIndex(init_->findData(static_cast<int>(lora.init)));
    adapter_->setPath(QString::fromStdString(lora.adapter));
    ranks_ = lora.rank_pattern;
    alphas_ = lora.alpha_pattern;
    showPattern();
}

void LoraPanel::write(LoraSettings& lora) const {
    lora.rank = rank_->value();
    lora.alpha = scaled_ ? alpha_->value() : 2.0 * rank_->value();
    lora.dropout = dropout_->value();
    lora.init = static_cast<InitialA>(init_->currentData().toInt());
    lora.adapter = adapter_->path().toStdString();
    lora.rank_pattern = ranks_;
    lora.alpha_pattern = alphas_;
}

} // namespace lora
