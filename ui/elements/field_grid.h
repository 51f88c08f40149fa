#pragma once
// The form of all sections: two columns, names and fields, whose rows can be hidden and shown again at any
// time. It is no QFormLayout: Qt 6.4's writes behind its own table when rows are hidden in a form that is
// shown.

#include <QGridLayout>
#include <QHash>

namespace lora {

class FieldGrid : public QGridLayout {
public:
    explicit FieldGrid(QWidget* owner);

    /// A field with its name; with null for a name, in the fields' column alone.
    void addField(QWidget* name, QWidget* field);
    /// The same with a label that leads to the field; fields side by side have none that it could lead to.
    void addField(const QString& name, QWidget* field);
    void addField(const QString& name, QLayout* fields);
    /// Over both columns.
    void addWide(QWidget* widget);
    /// A row right under a wide one. Each wide row has place for one.
    void addBeneath(QWidget* wide, QWidget* name, QWidget* field);
    /// Shows or hides a field and its name.
    void setFieldVisible(QWidget* field, bool visible);

private:
    void put(int row, QWidget* name, QWidget* field);
    void putName(int row, QWidget* name);

    int next_ = 0;
    QHash<QWidget*, QWidget*> names_; ///< of the fields that have one
};

} // namespace lora
