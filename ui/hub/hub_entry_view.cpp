#include "ui/hub/hub_entry_view.h"

#include "ui/elements/elided_label.h"
#include "ui/elements/note.h"
#include "ui/elements/tool_tip.h"
#include "ui/hub/hub_words.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

HubEntryView::HubEntryView(QWidget* parent)
    : QWidget(parent), name_(new ElidedLabel(this)), facts_(new Note(u"hubFacts"_s, this)),
      gate_(new Note(u"hubGate"_s, this)), offers_(new QComboBox(this)),
      download_(new QPushButton(tr("&Download"), this)), card_(new QPlainTextEdit(this)) {
    build();
    connect(offers_, &QComboBox::currentIndexChanged, this, &HubEntryView::refreshButton);
    connect(download_, &QPushButton::clicked, this, [this] {
        const auto chosen = static_cast<std::size_t>(offers_->currentIndex());
        if (entry_ && chosen < entry_->offers.size()) Q_EMIT downloadWanted(entry_->offers[chosen]);
    });
    clear();
}

void HubEntryView::build() {
    name_->setObjectName(u"hubName"_s);
    name_->setTextFormat(Qt::PlainText);
    QFont bold = name_->font();
    bold.setBold(true);
    name_->setFont(bold);
    for (Note* each : {facts_, gate_}) each->setTextFormat(Qt::PlainText);
    offers_->setObjectName(u"hubOffers"_s);
    offers_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    offers_->setMinimumContentsLength(24);
    describeControl(*offers_, tr("What to download"),
        tr("Safetensors are the model as it was published, with its tokenizer; a GGUF file is all in one, "
           "often in fewer bits. Of a dataset one table, or all of a folder."));
    download_->setObjectName(u"hubFetch"_s);
    download_->setAutoDefault(false);
    card_->setObjectName(u"hubCard"_s);
    card_->setReadOnly(true);
    card_->setTabChangesFocus(true);
    describeControl(*card_, tr("Card"), tr("What its owners say about it, as plain text"));
    auto* choice = new QHBoxLayout;
    choice->addWidget(offers_, 1);
    choice->addWidget(download_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(name_);
    column->addWidget(facts_);
    column->addWidget(gate_);
    column->addLayout(choice);
    column->addWidget(card_, 1);
}

void HubEntryView::show(std::shared_ptr<const HubEntry> entry) {
    entry_ = std::move(entry);
    name_->setText(QString::fromStdString(entry_->info.repository.name));
    facts_->tell(factsLine(entry_->info));
    const QString refusal = QString::fromStdString(entry_->refusal);
    gate_->tell(refusal.isEmpty() ? gateAdvice(entry_->info, entry_->asked) : refusal,
        refusal.isEmpty() ? NoteKind::Warning : NoteKind::Error);
    offers_->clear();
    for (const FileOffer& offer : entry_->offers) offers_->addItem(offerLine(offer));
    const QString card = cardText(entry_->card);
    card_->setPlainText(card.isEmpty() ? tr("It has no card.") : card);
    refreshButton();
}

void HubEntryView::clear(const QString& why) {
    entry_.reset();
    name_->setText(tr("Nothing is chosen"));
    facts_->tell(
        tr("What is clicked on the left is looked up and shown here, before anything is downloaded."));
    gate_->tell(why, NoteKind::Error);
    offers_->clear();
    card_->clear();
    refreshButton();
}

void HubEntryView::setUsable(bool usable, const QString& why) {
    usable_ = usable;
    whyNot_ = why;
    refreshButton();
}

void HubEntryView::refreshButton() {
    const bool any = offers_->count() > 0;
    offers_->setEnabled(any);
    download_->setEnabled(any && usable_);
    QString help = tr("Download it into the cache that other programs share, and open it. What is there "
                      "already is not fetched again.");
    if (!any) help = tr("First choose one on the left");
    if (any && !usable_) help = whyNot_;
    describeControl(*download_, tr("Download"), help);
}

} // namespace lora
