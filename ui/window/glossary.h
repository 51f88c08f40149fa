#pragma once
// The glossary: all terms under a field that searches them.

#include <QDialog>

class QLineEdit;
class QTextBrowser;

namespace lora {

class Glossary : public QDialog {
    Q_OBJECT
public:
    explicit Glossary(QWidget* parent);

private:
    void showFound();

    QLineEdit* search_;
    QTextBrowser* terms_;
};

} // namespace lora
