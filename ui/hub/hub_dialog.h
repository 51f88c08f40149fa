#pragma once
// "Open from the hub…": models and datasets searched, looked at, downloaded and opened. The hub is asked only
// by a button, Enter or a click on a result.

#include "ui/hub/hub_download.h"
#include "ui/hub/hub_questions.h"

#include <QDialog>
#include <QString>
#include <vector>

class QComboBox;
class QLineEdit;
class QPushButton;
class QTableView;

namespace lora {

class DownloadStrip;
class HubEntryView;
class Note;
class ResultTable;

class HubDialog : public QDialog {
    Q_OBJECT
public:
    /// `settings`: hub_settings, or a test's.
    HubDialog(ReadHubSettings settings, QWidget* parent);

    /// In front of the window, with the keyboard in the field of words.
    void bringUp();
    /// What the window could open now.
    void setUsable(bool models, bool datasets);

Q_SIGNALS:
    void openWanted(lora::RepositoryKind kind, const QString& path);
    void said(const QString& text);
    void complained(const QString& text);

private:
    void build();
    QWidget* buildHead();
    void connectAll();
    void search();
    void look(int row);
    void showFound(const std::vector<FoundRepository>& found);
    void showAsking();
    void showWhere();
    void begin(const FileOffer& offer);
    void followDownload();
    void openFetched();
    bool canOpen() const;
    RepositoryKind kind() const;

    ReadHubSettings settings_;
    HubQuestions questions_;
    HubDownload download_;
    std::vector<FoundRepository> found_;
    RepositoryKind foundKind_ = RepositoryKind::Model;
    std::string looked_; ///< the result that was looked up last
    QComboBox* kind_;
    QLineEdit* words_;
    QPushButton* search_;
    Note* note_;
    ResultTable* table_;
    QTableView* list_;
    HubEntryView* entry_;
    DownloadStrip* strip_;
    Note* where_;
    bool opensModels_ = false;
    bool opensData_ = false;
    DownloadState told_ = DownloadState::None;
};

} // namespace lora
