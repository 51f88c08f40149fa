#pragma once
// The picker of linears: presets, a range of layers, and the grid itself, in step with each other.

#include "engine/settings/settings.h"
#include "ui/setup/target_model.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace lora {

class Note;
class TargetTable;

class TargetGrid : public QWidget {
    Q_OBJECT
public:
    explicit TargetGrid(QWidget* parent = nullptr);

    TargetModel* model() const { return model_; }
    /// Lays out another model's linears and ticks what `selection` means there.
    void setGrid(const LayerGrid& grid, const TargetSelection& selection);
    /// Ticks what the words mean; says beside the field what is wrong with them.
    void select(const TargetSelection& selection);
    /// The words for what is ticked.
    TargetSelection selection() const;
    /// What is typed selects nothing, or is no selection.
    bool hasFault() const { return faulty_; }
    /// Whether the presets have every weight, embeddings, norms and biases too.
    void offerEverything(bool offered);

Q_SIGNALS:
    void selectionChanged();

private:
    void build();
    void showTicked();
    std::string wordsOfChoice() const;

    TargetModel* model_;
    QComboBox* preset_;
    QLineEdit* layers_;
    Note* note_;
    TargetTable* table_;
    bool faulty_ = false;
    bool selecting_ = false;
    bool everything_ = false; ///< chosen: all weights, of which the grid shows the linears
    bool typing_ = false;     ///< the field of layers is being typed in and keeps its words
};

} // namespace lora
