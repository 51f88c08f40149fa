#pragma once
// A form of two columns, names and fields, whose rows can be hidden and shown again at any time. QFormLayout
// is not used for those: Qt 6.4's writes behind its own table when rows are hidden in a form that is shown.

#include <QGridLayout>
#include <QHash>

namespace lora {

class FieldGrid : public QGridLayout {
public:
    explicit FieldGrid(QWidget* owner);

    /// A field with its name; with null for a name, in the fields' column alone.
    void addField(QWidget* name, QWidget* field);
    /// Over both columns.
    void addWide(QWidget* widget);
    /// A row right under a wide one. Each wide row has place for one.
    void addBeneath(QWidget* wide, QWidget* name, QWidget* field);
    /// Shows or hides a field and its name.
    void setFieldVisible(QWidget* field, bool visible);

private:
    void put(int row, QWidget* name, QWidget* field);

    int next_ = 0;
    QHash<QWidget*, QWidget*> names_; ///< of the fields that have one
};

} // namespace lora
