#include "ui/hub/hub_download.h"

#include <QSettings>
#include <QStringList>
#include <exception>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString keptGroup = u"hub/download"_s;

QStringList listOf(const std::vector<std::string>& words) {
    QStringList all;
    for (const std::string& each : words) all << QString::fromStdString(each);
    return all;
}

QString pathOf(const std::string& folder, const std::string& opens) {
    return QString::fromStdString(opens.empty() ? folder : folder + "/" + opens);
}

} // namespace

HubDownload::HubDownload(ReadHubSettings settings, QObject* parent)
    : QObject(parent), settings_(std::move(settings)) {
    takeKept();
}

HubDownload::~HubDownload() {
    if (isRunning()) keep();
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join(); // before what it writes to goes
}

void HubDownload::start(const HubWish& wish) {
    wish_ = wish;
    progress_ = {};
    path_.clear();
    run();
}

void HubDownload::goOn() {
    if (state_ == DownloadState::Paused || state_ == DownloadState::Failed) run();
}

void HubDownload::run() {
    if (thread_.joinable()) thread_.join(); // which has told its end
    fault_.clear();
    pace_.clear();
    clock_.start();
    const auto told = [this](auto act) {
        QMetaObject::invokeMethod(this, std::move(act), Qt::QueuedConnection);
    };
    thread_ = std::jthread([this, told, settings = settings_, wish = wish_](const std::stop_token& stop) {
        FetchNews news;
        news.progress = [this, told](const DownloadProgress& at) { told([this, at] { takeProgress(at); }); };
        try {
            const std::string folder =
                fetch_repository(settings(), wish.repository, wish.patterns, news, stop);
            told([this, folder] { takeEnd(folder); });
        } catch (const std::exception& failure) {
            told([this, why = QString::fromUtf8(failure.what())] { takeFault(why); });
        }
    });
    setState(DownloadState::Running);
    keep();
}

void HubDownload::pause() {
    if (state_ != DownloadState::Running) return;
    thread_.request_stop();
    setState(DownloadState::Pausing);
}

void HubDownload::forget() {
    if (isRunning()) return;
    QSettings().remove(keptGroup);
    wish_ = {};
    progress_ = {};
    fault_.clear();
    setState(DownloadState::None);
}

void HubDownload::takeProgress(const DownloadProgress& progress) {
    constexpr double ms = 1e-3;
    progress_ = progress;
    pace_.add(static_cast<double>(clock_.elapsed()) * ms, progress.done_bytes);
    Q_EMIT changed();
}

void HubDownload::takeEnd(const std::string& folder) {
    QSettings().remove(keptGroup);
    path_ = pathOf(folder, wish_.opens);
    setState(DownloadState::Done);
    Q_EMIT done(wish_.repository.kind, path_);
}

void HubDownload::takeFault(const QString& why) {
    const bool wasAsked = state_ == DownloadState::Pausing;
    if (!wasAsked) fault_ = why;
    keep();
    setState(wasAsked ? DownloadState::Paused : DownloadState::Failed);
}

void HubDownload::setState(DownloadState state) {
    state_ = state;
    Q_EMIT changed();
}

void HubDownload::keep() const {
    QSettings kept;
    kept.beginGroup(keptGroup);
    kept.setValue("dataset"_L1, wish_.repository.kind == RepositoryKind::Dataset);
    kept.setValue("name"_L1, QString::fromStdString(wish_.repository.name));
    kept.setValue("revision"_L1, QString::fromStdString(wish_.repository.revision));
    kept.setValue("files"_L1, listOf(wish_.patterns));
    kept.setValue("opens"_L1, QString::fromStdString(wish_.opens));
    kept.setValue("done"_L1, static_cast<qulonglong>(progress_.done_bytes));
    kept.setValue("total"_L1, static_cast<qulonglong>(progress_.total_bytes));
}

void HubDownload::takeKept() {
    QSettings kept;
    kept.beginGroup(keptGroup);
    HubWish wish;
    wish.repository.kind =
        kept.value("dataset"_L1).toBool() ? RepositoryKind::Dataset : RepositoryKind::Model;
    wish.repository.name = kept.value("name"_L1).toString().toStdString();
    wish.repository.revision = kept.value("revision"_L1, u"main"_s).toString().toStdString();
    if (!is_repository_name(wish.repository.name)) return;
    for (const QString& each : kept.value("files"_L1).toStringList())
        wish.patterns.push_back(each.toStdString());
    wish.opens = kept.value("opens"_L1).toString().toStdString();
    wish_ = std::move(wish);
    progress_.done_bytes = kept.value("done"_L1).toULongLong();
    progress_.total_bytes = kept.value("total"_L1).toULongLong();
    state_ = DownloadState::Paused;
}

} // namespace lora
