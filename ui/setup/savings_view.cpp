#include "ui/setup/savings_view.h"

#include "ui/elements/note.h"
#include "ui/elements/quantities.h"
#include "ui/elements/section.h"
#include "ui/plots/plot_theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int rows = 8;
constexpr int columns = 50;

} // namespace

ShareBlocks::ShareBlocks(QWidget* parent) : QWidget(parent) {
    setFixedHeight(rows * 5);
    setToolTip(tr("All blocks together are the base model; the bright ones are what is trained."));
}

void ShareBlocks::setShare(double share) {
    share_ = share;
    update();
}

void ShareBlocks::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const PlotColors colors = plotColors(palette());
    const double step = static_cast<double>(width()) / columns;
    const double filled = share_ * rows * columns;
    for (int index = 0; index < rows * columns; ++index) {
        const int column = index / rows;
        const QRectF block(column * step, (index % rows) * 5, step - 1, 4);
        painter.fillRect(block, palette().color(QPalette::Mid));
        const double part = std::clamp(filled - index, 0.0, 1.0);
        if (part > 0)
            painter.fillRect(
                QRectF(block.left(), block.top(), std::max(1.0, block.width() * part), 4), colors.accent);
    }
}

SavingsView::SavingsView(QWidget* parent)
    : QWidget(parent), head_(new QHBoxLayout), trainable_(new QLabel(this)), blocks_(new ShareBlocks(this)),
      costs_(new Note(u"savings"_s, this)) {
    trainable_->setObjectName(u"trainable"_s);
    trainable_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(5);
    head_->addWidget(trainable_, 1);
    column->addLayout(head_);
    column->addWidget(blocks_);
    column->addWidget(costs_);
    setSavings({}, 0);
}

void SavingsView::setBrief(bool brief) {
    isBrief_ = brief;
    blocks_->setVisible(!brief);
    tellCosts(told_);
}

void SavingsView::setCorner(QWidget* corner) { head_->addWidget(corner); }

void SavingsView::tellCosts(const QString& costs) {
    told_ = costs;
    costs_->tell(isBrief_ ? QString() : costs);
    trainable_->setToolTip(isBrief_ ? u"<p>%1</p>"_s.arg(costs) : QString());
}

void SavingsView::setSavings(const Savings& savings, std::int64_t base, const QString& result) {
    blocks_->setShare(base > 0 ? savings.share : 0);
    if (base <= 0) {
        trainable_->setText(tr("<b>—</b> trainable parameters"));
        return tellCosts(tr("Open a model to count."));
    }
    trainable_->setText(
        tr("<b>%1</b> trainable of %2 (<b>%3</b>)")
            .arg(countText(savings.trainable), shortCountText(base), shareText(savings.share)));
    const double saved = savings.full_training_bytes > 0
                             ? 1
                                   - static_cast<double>(savings.training_bytes)
                                         / static_cast<double>(savings.full_training_bytes)
                             : 0;
    const QString costs = tr("%1 %2 · optimizer %3 · training state %4")
                              .arg(result, bytesText(savings.adapter_bytes),
                                  bytesText(savings.optimizer_bytes), bytesText(savings.training_bytes));
    // Nothing is saved where the weights themselves are trained.
    tellCosts(saved > 0 ? tr("%1 in place of %2: <b>%3 saved</b>")
                              .arg(costs, bytesText(savings.full_training_bytes), shareText(saved))
                        : costs);
}

} // namespace lora
