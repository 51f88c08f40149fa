#pragma once
// The tokens of one row as chips, line by line as they would be read. Mouse and arrows choose one of them.

#include "engine/survey/readable_row.h"
#include "ui/data/chip_places.h"

#include <QAbstractScrollArea>
#include <memory>
#include <vector>

namespace lora {

class TokenChips : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TokenChips(QWidget* parent = nullptr);

    /// Null: none, and `hint` in their place.
    void setRow(std::shared_ptr<const ReadableRow> row, const QString& hint = {});
    /// The chosen token; −1: none.
    int current() const { return current_; }
    /// Where a chip stands in the viewport.
    QRect placeOf(int token) const;

Q_SIGNALS:
    void currentChanged(int token);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void measure();
    void layOut();
    void choose(int token);
    int tokenAt(const QPoint& where) const;
    void copyText() const;
    void copyIds() const;
    std::size_t count() const { return row_ ? row_->tokens.size() : 0; }

    std::shared_ptr<const ReadableRow> row_;
    QString hint_;
    std::vector<QSize> sizes_;
    ChipPlaces places_; ///< in the whole of it, which the scroll bar moves
    int current_ = -1;
};

} // namespace lora
