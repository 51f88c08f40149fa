#include "ui/hub/download_strip.h"

#include "ui/elements/elided_label.h"
#include "ui/elements/note.h"
#include "ui/elements/tool_tip.h"
#include "ui/hub/hub_download.h"
#include "ui/hub/hub_words.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <initializer_list>

namespace lora {

using namespace Qt::StringLiterals;

DownloadStrip::DownloadStrip(HubDownload& download, QWidget* parent)
    : QWidget(parent), download_(download), title_(new ElidedLabel(this)),
      detail_(new Note(u"hubProgress"_s, this)), bar_(new QProgressBar(this)), hold_(new QPushButton(this)),
      forget_(new QPushButton(tr("&Forget"), this)), open_(new QPushButton(tr("&Open"), this)) {
    build();
    connect(hold_, &QPushButton::clicked, this, [this] {
        if (download_.state() == DownloadState::Running)
            download_.pause();
        else
            download_.goOn();
    });
    connect(forget_, &QPushButton::clicked, &download_, &HubDownload::forget);
    connect(open_, &QPushButton::clicked, this, &DownloadStrip::openWanted);
    connect(&download_, &HubDownload::changed, this, &DownloadStrip::refresh);
    refresh();
}

void DownloadStrip::build() {
    setObjectName(u"hubDownload"_s);
    title_->setObjectName(u"hubDownloadName"_s);
    title_->setTextFormat(Qt::PlainText);
    detail_->setTextFormat(Qt::PlainText);
    bar_->setObjectName(u"hubBar"_s);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    describeControl(*bar_, tr("Downloaded"), tr("The share of the bytes that are here"));
    hold_->setObjectName(u"hubHold"_s);
    forget_->setObjectName(u"hubForget"_s);
    describeControl(*forget_, tr("Forget"),
        tr("This download is offered no more. What has come stays in the cache, where a later one goes on "
           "with it."));
    open_->setObjectName(u"hubOpen"_s);
    auto* head = new QHBoxLayout;
    head->addWidget(title_, 1);
    for (QPushButton* each : {hold_, forget_, open_}) {
        each->setAutoDefault(false);
        head->addWidget(each);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(head);
    column->addWidget(bar_);
    column->addWidget(detail_);
}

void DownloadStrip::setUsable(bool usable, const QString& why) {
    usable_ = usable;
    whyNot_ = why;
    refresh();
}

QString DownloadStrip::titleWords() const {
    const QString name = QString::fromStdString(download_.wish().repository.name);
    switch (download_.state()) {
    case DownloadState::None: return {};
    case DownloadState::Running: return tr("Downloading %1").arg(name);
    case DownloadState::Pausing: return tr("Pausing %1 …").arg(name);
    case DownloadState::Paused: return tr("Paused: %1").arg(name);
    case DownloadState::Failed: return tr("Broken off: %1").arg(name);
    case DownloadState::Done: return tr("Downloaded: %1").arg(name);
    }
    return {};
}

QString DownloadStrip::detailWords() const {
    if (download_.state() == DownloadState::Failed) return download_.fault();
    if (download_.state() == DownloadState::Done) return download_.path();
    if (download_.progress().total_bytes == 0)
        return download_.isRunning() ? tr("Asking what there is …") : tr("Not known how far it came");
    return progressLine(
        download_.progress(), download_.state() == DownloadState::Running ? download_.bytesPerSecond() : 0);
}

void DownloadStrip::refresh() {
    const DownloadState state = download_.state();
    setVisible(state != DownloadState::None);
    title_->setText(titleWords());
    bar_->setValue(state == DownloadState::Done ? bar_->maximum() : progressShare(download_.progress()));
    detail_->tell(detailWords(), state == DownloadState::Failed ? NoteKind::Error : NoteKind::Plain);
    hold_->setVisible(state != DownloadState::Done);
    hold_->setEnabled(state != DownloadState::Pausing);
    hold_->setText(download_.isRunning() ? tr("&Pause") : tr("&Go on"));
    describeControl(*hold_, download_.isRunning() ? tr("Pause") : tr("Go on"),
        download_.isRunning()
            ? tr("Hold the download. What has come is kept, also when the window is closed meanwhile.")
            : tr("Ask the hub again and go on where it was held or broken off"));
    forget_->setVisible(!download_.isRunning());
    open_->setVisible(state == DownloadState::Done);
    open_->setEnabled(usable_);
    describeControl(*open_, tr("Open"), usable_ ? tr("Open what was downloaded") : whyNot_);
}

} // namespace lora
