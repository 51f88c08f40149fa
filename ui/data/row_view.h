#pragma once
// One row as it is fed: its tokens as chips under their legend, or its text as it reads.

#include "engine/survey/readable_row.h"

#include <QWidget>
#include <memory>

class QLabel;
class QTabWidget;
class QTextEdit;

namespace lora {

class TokenChips;

class RowView : public QWidget {
    Q_OBJECT
public:
    explicit RowView(QWidget* parent = nullptr);

    /// Null: none, and `hint` in its place.
    void setRow(std::shared_ptr<const ReadableRow> row, const QString& hint = {});

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    void showText();
    void tellToken(int token);

    std::shared_ptr<const ReadableRow> row_;
    QLabel* head_;
    QTabWidget* tabs_;
    TokenChips* chips_;
    QTextEdit* text_;
    QLabel* token_; ///< what the chosen chip is
};

} // namespace lora
