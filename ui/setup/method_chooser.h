#pragma once
// The list of methods: each with its title and the sentence on what it does and when to take it.

#include "engine/method_sheets/method_sheet.h"

#include <QComboBox>

namespace lora {

class MethodChooser : public QComboBox {
    Q_OBJECT
public:
    /// All methods there are, those that train the weights themselves behind a line.
    explicit MethodChooser(QWidget* parent = nullptr);

    MethodKind method() const;
    void setMethod(MethodKind method);

Q_SIGNALS:
    void methodChosen(lora::MethodKind method); ///< by the user
};

} // namespace lora
