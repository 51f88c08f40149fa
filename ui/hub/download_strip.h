#pragma once
// The line of the download at a dialog's lower end: how far it is, how fast, and the buttons that hold it, go
// on with it, leave it or open what came.

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace lora {

class HubDownload;
class Note;

class DownloadStrip : public QWidget {
    Q_OBJECT
public:
    DownloadStrip(HubDownload& download, QWidget* parent);

    /// Whether what was downloaded can be opened now; `why` not, else.
    void setUsable(bool usable, const QString& why);

Q_SIGNALS:
    void openWanted();

private:
    void build();
    void refresh();
    QString titleWords() const;
    QString detailWords() const;

    HubDownload& download_;
    QLabel* title_;
    Note* detail_;
    QProgressBar* bar_;
    QPushButton *hold_, *forget_, *open_;
    bool usable_ = false;
    QString whyNot_;
};

} // namespace lora
