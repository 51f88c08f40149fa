#pragma once
// What is learned from: files, the held-out share, the limit of a sample; and what the tokenizer made of it.

#include "engine/data/summary.h"
#include "engine/settings/settings.h"

#include <QTimer>
#include <QWidget>
#include <memory>

class QTextBrowser;

namespace lora {

class Note;
class LengthHistogram;
class SettingsForm;

/// The samples as HTML: the learned part in full colour on a tint, what is only read dim.
QString previewHtml(
    const DatasetSummary& dataset, const QColor& learned, const QColor& tint, const QColor& masked);

class DataPanel : public QWidget {
    Q_OBJECT
public:
    explicit DataPanel(QWidget* parent = nullptr);

    void show(const RunSettings& settings);
    SettingsForm* form() const { return form_; }
    void setDataset(std::shared_ptr<const DatasetSummary> train, std::shared_ptr<const DatasetSummary> eval);
    /// They cannot be read, and why; until setDataset().
    void setFault(const QString& why);

Q_SIGNALS:
    void browseRequested(bool evaluation);
    void edited(const QString& path, const lora::Json& value);
    void dataWanted(); ///< something changed that needs the files read anew

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    void showPreview();
    void showCounts();

    std::shared_ptr<const DatasetSummary> train_;
    std::shared_ptr<const DatasetSummary> eval_;
    QString fault_; ///< why they are not read
    std::int64_t maxLength_ = 0;
    SettingsForm* form_;
    Note* counts_;
    Note* cutNote_;
    LengthHistogram* histogram_;
    QTextBrowser* preview_;
    QTimer wait_; ///< gathers key strokes into one reading
};

} // namespace lora
