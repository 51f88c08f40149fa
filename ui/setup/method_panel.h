#pragma once
// What is trained: the method, the sentence on it, and the settings that it alone has.

#include "engine/settings/method_fields.h"

#include <QWidget>
#include <vector>

class QFormLayout;

namespace lora {

class MethodChooser;
class Note;

class MethodPanel : public QWidget {
    Q_OBJECT
public:
    explicit MethodPanel(QWidget* parent = nullptr);

    void read(const RunSettings& settings);
    /// The method and the settings of the table of method fields.
    void write(RunSettings& settings) const;

Q_SIGNALS:
    void methodChosen(lora::MethodKind method);
    void changed(); ///< one of the method's settings

private:
    /// A row of the form for one field of the table.
    struct Row {
        const MethodField* field;
        QWidget* editor;
    };

    QWidget* makeEditor(const MethodField& field);
    void show(MethodKind method);

    QFormLayout* form_;
    MethodChooser* chooser_;
    Note* about_;
    std::vector<Row> rows_;
};

} // namespace lora
