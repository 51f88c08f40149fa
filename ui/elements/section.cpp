#include "ui/elements/section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

Section::Section(const QString& title, QWidget* content, QWidget* parent)
    : QWidget(parent), title_(new QToolButton(this)), aside_(new QLabel(this)), content_(content) {
    title_->setText(title);
    title_->setAutoRaise(true);
    title_->setToolTip(tr("Show or hide the fields of “%1”").arg(title));
    title_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    aside_->setForegroundRole(QPalette::PlaceholderText);
    aside_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(4, 2, 10, 2);
    head->addWidget(title_);
    head->addWidget(aside_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(content_);
    content_->layout()->setContentsMargins(12, 2, 12, 12);
    connect(title_, &QToolButton::clicked, this, [this] { setOpen(content_->isHidden()); });
    setOpen(true);
}

void Section::setOpen(bool open) {
    title_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    content_->setVisible(open);
}

void Section::setAside(const QString& words) { aside_->setText(words); }

void Section::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

QLayout* makeRow(std::initializer_list<QWidget*> fields) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget* field : fields) row->addWidget(field);
    row->setStretch(0, 1);
    return row;
}

} // namespace lora
