#include "ui/elements/field_grid.h"

#include <QLabel>

namespace lora {

namespace {

constexpr int rowStep = 2; // the row between stays empty, and takes no room, until something is put beneath

} // namespace

FieldGrid::FieldGrid(QWidget* owner) : QGridLayout(owner) {
    setColumnStretch(1, 1);
    setHorizontalSpacing(10);
    setVerticalSpacing(5);
}

void FieldGrid::put(int row, QWidget* name, QWidget* field) {
    addWidget(field, row, 1);
    if (name == nullptr) return;
    putName(row, name);
    names_.insert(field, name);
}

void FieldGrid::putName(int row, QWidget* name) { addWidget(name, row, 0, Qt::AlignLeft | Qt::AlignVCenter); }

void FieldGrid::addField(QWidget* name, QWidget* field) {
    put(next_, name, field);
    next_ += rowStep;
}

void FieldGrid::addField(const QString& name, QWidget* field) {
    auto* label = new QLabel(name, parentWidget());
    label->setBuddy(field);
    addField(label, field);
}

void FieldGrid::addField(const QString& name, QLayout* fields) {
    putName(next_, new QLabel(name, parentWidget()));
    addLayout(fields, next_, 1);
    next_ += rowStep;
}

void FieldGrid::addWide(QWidget* widget) {
    addWidget(widget, next_, 0, 1, 2);
    next_ += rowStep;
}

void FieldGrid::addBeneath(QWidget* wide, QWidget* name, QWidget* field) {
    int row = 0, column = 0, rows = 0, columns = 0;
    getItemPosition(indexOf(wide), &row, &column, &rows, &columns);
    put(row + 1, name, field);
}

void FieldGrid::setFieldVisible(QWidget* field, bool visible) {
    field->setVisible(visible);
    if (QWidget* name = names_.value(field)) name->setVisible(visible);
}

} // namespace lora
