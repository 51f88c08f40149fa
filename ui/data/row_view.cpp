#include "ui/data/row_view.h"

#include "ui/data/chip.h"
#include "ui/data/chip_legend.h"
#include "ui/data/token_chips.h"
#include "ui/elements/quantities.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTabWidget>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString headOf(const RowHead& head) {
    const QString tokens =
        head.length == 1 ? RowView::tr("1 token") : RowView::tr("%1 tokens").arg(countText(head.length));
    QString text = u"<b>%1</b> · %2"_s.arg(QString::fromStdString(head.place).toHtmlEscaped(), tokens);
    if (!head.label.empty())
        text += RowView::tr(" · label <b>%1</b>").arg(QString::fromStdString(head.label).toHtmlEscaped());
    else
        text += RowView::tr(" · %1 learned").arg(countText(head.learned));
    if (head.left_out)
        text += RowView::tr(" · <b>left out</b>: nothing to learn is within the limit");
    else if (head.cut)
        text += RowView::tr(" · <b>cut</b> at the limit");
    if (head.duplicate) text += RowView::tr(" · the same as an earlier row");
    return text;
}

QTextCharFormat formatOf(const ReadableToken& token, const MaskColors& colors) {
    QTextCharFormat format;
    format.setForeground(token.learned ? colors.learned : colors.read);
    if (token.learned) {
        format.setBackground(colors.learnedTint);
        format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        format.setUnderlineColor(colors.border);
    }
    format.setFontItalic(token.special);
    format.setFontStrikeOut(token.cut_off);
    return format;
}

} // namespace

RowView::RowView(QWidget* parent)
    : QWidget(parent), head_(new QLabel(this)), tabs_(new QTabWidget(this)), chips_(new TokenChips(this)),
      text_(new QTextEdit(this)), token_(new QLabel(this)) {
    setObjectName(u"rowView"_s);
    build();
    connect(chips_, &TokenChips::currentChanged, this, &RowView::tellToken);
    connect(tabs_, &QTabWidget::currentChanged, this, [this](int) { showText(); });
    setRow(nullptr);
}

void RowView::build() {
    head_->setObjectName(u"rowHead"_s);
    head_->setTextFormat(Qt::RichText);
    text_->setObjectName(u"rowText"_s);
    text_->setReadOnly(true);
    text_->setFrameShape(QFrame::NoFrame);
    text_->setTabChangesFocus(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text_->setAccessibleName(tr("Text of the row"));
    text_->setToolTip(tr("The row's text as the model is fed it, marks written out. Underlined: learned. "
                         "Struck through: cut off."));
    tabs_->setObjectName(u"rowTabs"_s);
    tabs_->setDocumentMode(true);
    tabs_->addTab(chips_, tr("Tokens"));
    tabs_->addTab(text_, tr("Text"));
    tabs_->setTabToolTip(0, tr("One chip is one token"));
    tabs_->setTabToolTip(1, tr("The text as it reads"));
    token_->setObjectName(u"tokenSentence"_s);
    token_->setTextFormat(Qt::PlainText);
    token_->setForegroundRole(QPalette::PlaceholderText);
    token_->setMinimumWidth(40);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 8, 2);
    head->addWidget(head_, 1);
    auto* corner = new QWidget(tabs_);
    auto* cornerRow = new QHBoxLayout(corner);
    cornerRow->setContentsMargins(8, 0, 8, 3);
    cornerRow->addWidget(new ChipLegend(corner));
    tabs_->setCornerWidget(corner);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(8, 3, 8, 5);
    foot->addWidget(token_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(tabs_, 1);
    column->addLayout(foot);
}

void RowView::setRow(std::shared_ptr<const ReadableRow> row, const QString& hint) {
    row_ = std::move(row);
    head_->setText(row_ ? headOf(row_->head) : QString());
    token_->clear();
    chips_->setRow(row_, hint);
    text_->setPlaceholderText(hint);
    showText();
}

// Made when it is looked at: thousands of formats take longer than thousands of chips.
void RowView::showText() {
    text_->clear();
    if (!row_ || tabs_->currentWidget() != text_) return;
    const MaskColors colors = maskColors(palette());
    QTextCursor cursor(text_->document());
    cursor.beginEditBlock();
    for (const ReadableToken& token : row_->tokens)
        cursor.insertText(QString::fromStdString(token.text), formatOf(token, colors));
    cursor.endEditBlock();
    text_->moveCursor(QTextCursor::Start);
}

void RowView::tellToken(int token) {
    const auto index = static_cast<std::size_t>(token);
    const QString all = sentenceOf(row_->tokens.at(index), index, row_->tokens.size());
    token_->setText(QString(all).replace(u'\n', u'↵'));
}

void RowView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) showText();
}

} // namespace lora
