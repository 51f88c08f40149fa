#pragma once
// One download from the hub, on threads of its own: begun, held, gone on with, also after the window was
// closed or the machine went down. What has come stays in the cache whatever happens.

#include "engine/hub/snapshot_download.h"
#include "ui/hub/hub_questions.h"
#include "ui/hub/transfer_pace.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lora {

struct HubWish {
    Repository repository;
    std::vector<std::string> patterns = {}; ///< as fetch_repository takes them
    std::string opens = {};                 ///< as in FileOffer
};

enum class DownloadState {
    None,
    Running,
    Pausing, ///< asked to stop, and not there yet
    Paused,
    Failed, ///< fault() says why; it can go on
    Done
};

class HubDownload : public QObject {
    Q_OBJECT
public:
    /// Paused, where an earlier time left one that was not done; nothing is asked of the hub before goOn().
    explicit HubDownload(ReadHubSettings settings, QObject* parent = nullptr);
    /// Stops it; the next HubDownload has it again.
    ~HubDownload() override;

    DownloadState state() const { return state_; }
    bool isRunning() const { return state_ == DownloadState::Running || state_ == DownloadState::Pausing; }
    const HubWish& wish() const { return wish_; }
    /// As far as it was told; of an earlier time as it was left.
    const DownloadProgress& progress() const { return progress_; }
    double bytesPerSecond() const { return pace_.bytesPerSecond(); }
    const QString& fault() const { return fault_; }
    /// What is to be opened, once it is done.
    const QString& path() const { return path_; }

    /// Only while none is running.
    void start(const HubWish& wish);
    void pause();
    /// With what was paused or failed.
    void goOn();
    /// Lets it be: it is offered no more.
    void forget();

Q_SIGNALS:
    void changed();
    void done(lora::RepositoryKind kind, const QString& path);

private:
    void run();
    void takeProgress(const DownloadProgress& progress);
    void takeEnd(const std::string& folder);
    void takeFault(const QString& why);
    void setState(DownloadState state);
    void keep() const;
    void takeKept();

    ReadHubSettings settings_;
    DownloadState state_ = DownloadState::None;
    HubWish wish_;
    DownloadProgress progress_;
    QElapsedTimer clock_;
    TransferPace pace_;
    QString fault_;
    QString path_;
    std::jthread thread_;
};

} // namespace lora
