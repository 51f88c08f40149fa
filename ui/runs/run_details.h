#pragma once
// Beside the list of runs: in which settings the selected ones differ, and what was written about one.

#include "engine/runs/run_record.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTableWidget;

namespace lora {

class RunDetails : public QWidget {
    Q_OBJECT
public:
    explicit RunDetails(QWidget* parent = nullptr);

    /// One run: all its settings and its notes. Several: what differs, each under its name.
    void setRuns(const std::vector<RunListing>& runs);
    /// Puts the cursor into the field of the title, or of the note.
    void editTitle();
    void editNote();

Q_SIGNALS:
    /// The user has written something and gone on.
    void notesEdited(const std::string& run, const lora::RunNotes& notes);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void showSettings(const std::vector<RunListing>& runs);
    void keepNotes();

    std::string run_; ///< whose notes are shown; empty: none
    RunNotes notes_;
    QLabel* title_;
    QTableWidget* settings_;
    QWidget* fields_; ///< what is written about one run
    QLineEdit* name_;
    QLineEdit* tags_;
    QPlainTextEdit* text_;
};

} // namespace lora
