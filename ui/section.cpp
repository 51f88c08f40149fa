#include "ui/section.h"

#include "ui/theme.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

Section::Section(const QString& title, QWidget* content, QWidget* parent)
    : QWidget(parent), title_(new QToolButton(this)), aside_(new QLabel(this)), content_(content) {
    title_->setText(title);
    title_->setCheckable(true);
    title_->setAutoRaise(true);
    title_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    title_->setStyleSheet(u"QToolButton { border: none; font-weight: bold; padding: 3px 2px; }"_s);
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
    connect(title_, &QToolButton::toggled, this, [this](bool open) {
        title_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        content_->setVisible(open);
    });
    setOpen(true);
}

void Section::setOpen(bool open) {
    title_->setChecked(open);
    title_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    content_->setVisible(open);
}

void Section::setAside(const QString& words) { aside_->setText(words); }

void Section::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

QLabel* makeNote(const QString& objectName, QWidget* parent) {
    auto* note = new QLabel(parent);
    note->setObjectName(objectName);
    note->setWordWrap(true);
    note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    note->hide();
    return note;
}

void setNote(QLabel* note, const QString& text, NoteKind kind) {
    const SignalColors colors = signalColors(note->parentWidget()->palette());
    QPalette palette = note->parentWidget()->palette();
    palette.setColor(QPalette::WindowText, kind == NoteKind::Error     ? colors.error
                                           : kind == NoteKind::Warning ? colors.warning
                                                                       : colors.dim);
    note->setPalette(palette);
    note->setText(text);
    note->setVisible(!text.isEmpty());
}

QLayout* makeRow(std::initializer_list<QWidget*> fields) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget* field : fields) row->addWidget(field);
    row->setStretch(0, 1);
    return row;
}

QFormLayout* makeForm(QWidget* owner) {
    auto* form = new QFormLayout(owner);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setHorizontalSpacing(10);
    form->setVerticalSpacing(5);
    return form;
}

} // namespace lora
