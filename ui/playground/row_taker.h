#pragma once
// A row of the data as the prompt, chosen by its number.

#include "ui/link/engine_link.h"
#include "ui/playground/asked_rows.h"

#include <QWidget>
#include <vector>

class QPushButton;

namespace lora {

class NumberField;

class RowTaker : public QWidget {
    Q_OBJECT
public:
    explicit RowTaker(EngineLink& link, QWidget* parent = nullptr);

    /// The rows that can be asked: held out ones where there are any.
    void takeData(const DatasetLoaded& loaded);
    bool isEmpty() const { return rows_.empty(); }
    void takeFirst();

Q_SIGNALS:
    void taken(const lora::AskedRow& row);

private:
    void take();
    /// What is known of the rows, a sentence.
    QString aboutRows() const;
    void refresh();

    std::vector<AskedRow> rows_;
    bool heldOut_ = false;
    bool splitBySeed_ = false;  ///< which rows are held out follows from the run's seed
    std::uint64_t runSeed_ = 0; ///< of the run in sight; 0: none
    QPushButton* take_;
    NumberField* row_;
};

} // namespace lora
