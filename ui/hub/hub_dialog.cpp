#include "ui/hub/hub_dialog.h"

#include "engine/error.h"
#include "ui/elements/empty_words.h"
#include "ui/elements/note.h"
#include "ui/elements/result_table.h"
#include "ui/elements/tool_tip.h"
#include "ui/hub/download_strip.h"
#include "ui/hub/hub_entry_view.h"
#include "ui/hub/hub_words.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr QSize firstHubSize(1100, 640);

} // namespace

HubDialog::HubDialog(ReadHubSettings settings, QWidget* parent)
    : QDialog(parent), settings_(std::move(settings)), questions_(settings_), download_(settings_),
      kind_(new QComboBox(this)), words_(new QLineEdit(this)), search_(new QPushButton(this)),
      note_(new Note(u"hubNote"_s, this)), table_(new ResultTable(this)),
      list_(makeResultView(table_, u"hubFound"_s, this)), entry_(new HubEntryView(this)),
      strip_(new DownloadStrip(download_, this)), where_(new Note(u"hubWhere"_s, this)) {
    build();
    connectAll();
    table_->setRows(foundRows({}));
    showAsking();
    followDownload();
}

QWidget* HubDialog::buildHead() {
    auto* head = new QWidget(this);
    kind_->setObjectName(u"hubKind"_s);
    kind_->addItems({tr("Models"), tr("Datasets")});
    describeControl(*kind_, tr("Kind"), tr("What is searched: models to train, or data to train on"));
    words_->setObjectName(u"hubWords"_s);
    words_->setPlaceholderText(tr("Words, or a whole name such as org/name or org/name@revision"));
    words_->setClearButtonEnabled(true);
    describeControl(*words_, tr("Words to search by"),
        tr("Enter asks the hub; nothing is asked while you type. A whole name is looked up as it is."));
    search_->setObjectName(u"hubSearch"_s);
    search_->setAutoDefault(false); // Return belongs to the words
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(kind_);
    row->addWidget(words_, 1);
    row->addWidget(search_);
    return head;
}

void HubDialog::build() {
    setObjectName(u"hubDialog"_s);
    setWindowTitle(tr("Open from the hub"));
    for (Note* each : {note_, where_}) each->setTextFormat(Qt::PlainText);
    describeControl(*list_, tr("Found"),
        tr("What the hub has, the most downloaded first. A click or Enter looks one up; nothing is "
           "downloaded by it."));
    new EmptyWords(tr("What the hub has comes here: type words or a whole name, and press Enter."), list_);
    auto* halves = new QSplitter(Qt::Horizontal, this);
    halves->setObjectName(u"hubHalves"_s);
    halves->setChildrenCollapsible(false);
    halves->addWidget(list_);
    halves->addWidget(entry_);
    halves->setSizes({firstHubSize.width() * 3 / 5, firstHubSize.width() * 2 / 5});
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* column = new QVBoxLayout(this);
    column->addWidget(buildHead());
    column->addWidget(note_);
    column->addWidget(halves, 1);
    column->addWidget(strip_);
    column->addWidget(where_);
    column->addWidget(buttons);
    resize(firstHubSize);
}

void HubDialog::connectAll() {
    connect(words_, &QLineEdit::returnPressed, this, &HubDialog::search);
    connect(search_, &QPushButton::clicked, this, [this] {
        if (!questions_.isAsking()) return search();
        looked_.clear(); // the same click asks again
        questions_.stop();
    });
    connect(list_, &QTableView::clicked, this, [this] { look(selectedRow(*list_)); });
    connect(list_, &QTableView::activated, this, [this] { look(selectedRow(*list_)); });
    connect(&questions_, &HubQuestions::changed, this, &HubDialog::showAsking);
    connect(&questions_, &HubQuestions::found, this, &HubDialog::showFound);
    connect(&questions_, &HubQuestions::failed, this, [this](const QString& why) {
        looked_.clear();
        note_->tell(why, NoteKind::Error);
    });
    connect(&questions_, &HubQuestions::looked, entry_, &HubEntryView::show);
    connect(entry_, &HubEntryView::downloadWanted, this, &HubDialog::begin);
    connect(strip_, &DownloadStrip::openWanted, this, &HubDialog::openFetched);
    connect(&download_, &HubDownload::changed, this, &HubDialog::followDownload);
    connect(&download_, &HubDownload::done, this, [this] {
        if (canOpen()) openFetched();
    });
}

void HubDialog::bringUp() {
    showWhere();
    show();
    raise();
    activateWindow();
    words_->setFocus();
    words_->selectAll();
}

RepositoryKind HubDialog::kind() const {
    return kind_->currentIndex() == 0 ? RepositoryKind::Model : RepositoryKind::Dataset;
}

void HubDialog::search() {
    const QString words = words_->text().trimmed();
    showWhere();
    entry_->clear();
    looked_.clear();
    if (const auto named = repositoryNamed(kind(), words)) return questions_.look(*named);
    foundKind_ = kind();
    questions_.search(foundKind_, words);
}

void HubDialog::look(int row) {
    if (row < 0 || static_cast<std::size_t>(row) >= found_.size()) return;
    const Repository wanted{foundKind_, found_[static_cast<std::size_t>(row)].name};
    if (wanted.name == std::exchange(looked_, wanted.name)) return; // a double click asks once
    entry_->clear();
    questions_.look(wanted);
}

void HubDialog::showFound(const std::vector<FoundRepository>& found) {
    found_ = found;
    table_->setRows(foundRows(found_));
    note_->tell(found_.empty() ? tr("Nothing is found by these words.") : QString());
    if (found_.empty()) return;
    selectRow(*list_, 0);
    list_->setFocus();
}

void HubDialog::showAsking() {
    const bool asking = questions_.isAsking();
    search_->setText(asking ? tr("&Stop") : tr("&Search"));
    describeControl(*search_, asking ? tr("Stop") : tr("Search"),
        asking ? tr("Wait for the hub's answer no longer") : tr("Ask the hub for what has these words"));
    note_->tell(asking ? tr("Asking the hub …") : QString());
}

void HubDialog::showWhere() {
    try {
        where_->tell(whereLine(settings_()));
    } catch (const Error& unusable) {
        where_->tell(QString::fromUtf8(unusable.what()), NoteKind::Error);
    }
}

void HubDialog::begin(const FileOffer& offer) {
    download_.start({entry_->entry()->info.repository, offer.patterns, offer.opens});
}

void HubDialog::setUsable(bool models, bool datasets) {
    opensModels_ = models;
    opensData_ = datasets;
    strip_->setUsable(canOpen(), tr("It can be opened once the run is over."));
}

bool HubDialog::canOpen() const {
    return download_.wish().repository.kind == RepositoryKind::Model ? opensModels_ : opensData_;
}

void HubDialog::openFetched() { Q_EMIT openWanted(download_.wish().repository.kind, download_.path()); }

void HubDialog::followDownload() {
    entry_->setUsable(!download_.isRunning(), tr("One download at a time: pause the one under way first."));
    const DownloadState state = download_.state();
    if (state == std::exchange(told_, state)) return;
    strip_->setUsable(canOpen(), tr("It can be opened once the run is over."));
    if (isVisible()) return;
    const QString name = QString::fromStdString(download_.wish().repository.name);
    if (state == DownloadState::Done) Q_EMIT said(tr("%1 was downloaded.").arg(name));
    if (state == DownloadState::Failed) Q_EMIT complained(download_.fault());
}

} // namespace lora
