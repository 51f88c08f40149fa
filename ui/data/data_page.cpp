#include "ui/data/data_page.h"

#include "engine/settings/wording.h"
#include "ui/data/lengths_plot.h"
#include "ui/data/row_finder.h"
#include "ui/data/row_list.h"
#include "ui/data/row_view.h"
#include "ui/elements/note.h"
#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QShowEvent>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int settled_ms = 300;
constexpr int thousand = 1000; // parts of the progress

QPushButton* namedButton(
    const QString& text, const QString& objectName, const QString& help, QWidget* parent) {
    auto* made = new QPushButton(text, parent);
    made->setObjectName(objectName);
    made->setToolTip(help);
    made->setAccessibleDescription(help);
    return made;
}

} // namespace

DataPage::DataPage(EngineLink& link, QWidget* parent)
    : QWidget(parent), link_(link), which_(new QComboBox(this)), name_(new QLabel(this)),
      progress_(new QProgressBar(this)),
      stop_(namedButton(
          tr("Stop"), u"surveyStop"_s, tr("Stops counting or searching; what is counted stays."), this)),
      again_(namedButton(tr("Read again"), u"surveyAgain"_s,
          tr("Reads the file anew, as after a change that another program made."), this)),
      faultNote_(new Note(u"surveyFault"_s, this)), sentences_(new QLabel(this)),
      lengths_(new LengthsPlot(this)), finder_(new RowFinder(this)), list_(new RowList(this)),
      view_(new RowView(this)) {
    setObjectName(u"dataPage"_s);
    build();
    connectAll();
    wait_.setSingleShot(true);
    wait_.setInterval(settled_ms);
    connect(&wait_, &QTimer::timeout, this, &DataPage::follow);
    refresh();
}

void DataPage::build() {
    which_->setObjectName(u"surveyWhich"_s);
    which_->addItems({tr("Training data"), tr("Evaluation data")});
    which_->setEnabled(false);
    which_->setAccessibleName(tr("Which data"));
    which_->setToolTip(tr("The file that is trained on, or the one that is only measured on."));
    name_->setObjectName(u"surveyName"_s);
    name_->setTextFormat(Qt::PlainText);
    name_->setMinimumWidth(40);
    progress_->setObjectName(u"surveyProgress"_s);
    progress_->setAccessibleName(tr("Reading the rows"));
    progress_->setMaximumWidth(160);
    progress_->setTextVisible(false);
    sentences_->setObjectName(u"surveySentences"_s);
    sentences_->setWordWrap(true);
    sentences_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 12, 4);
    head->setSpacing(8);
    head->addWidget(which_);
    head->addWidget(name_, 1);
    head->addWidget(progress_);
    head->addWidget(stop_);
    head->addWidget(again_);

    auto* words = new QWidget(this);
    auto* wordsColumn = new QVBoxLayout(words);
    wordsColumn->setContentsMargins(12, 2, 6, 6);
    wordsColumn->addWidget(faultNote_);
    wordsColumn->addWidget(sentences_);
    wordsColumn->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(u"surveyWords"_s);
    scroll->setAccessibleName(tr("What the data come to"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(words);
    scroll->setMinimumWidth(220);

    auto* above = new QSplitter(Qt::Horizontal, this);
    above->setChildrenCollapsible(false);
    above->addWidget(scroll);
    above->addWidget(lengths_);
    above->setSizes({500, 400});
    auto* rows = new QSplitter(Qt::Horizontal, this);
    rows->setChildrenCollapsible(false);
    rows->addWidget(list_);
    rows->addWidget(view_);
    rows->setSizes({380, 520});
    auto* beneath = new QWidget(this);
    auto* beneathColumn = new QVBoxLayout(beneath);
    beneathColumn->setContentsMargins(0, 0, 0, 0);
    beneathColumn->setSpacing(0);
    beneathColumn->addWidget(finder_);
    beneathColumn->addWidget(rows, 1);
    auto* split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(above);
    split->addWidget(beneath);
    split->setSizes({180, 460});
    split->setStretchFactor(1, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(split, 1);
}

void DataPage::connectAll() {
    connect(which_, &QComboBox::currentIndexChanged, this, [this](int) { follow(); });
    connect(again_, &QPushButton::clicked, this, &DataPage::survey);
    connect(stop_, &QPushButton::clicked, this, [this] { link_.post(StopSurvey{}); });
    connect(finder_, &RowFinder::wanted, this, &DataPage::ask);
    connect(list_, &RowList::rowWanted, this, [this](std::int64_t index) {
        ask({ShowRow::By::Index, index, {}});
    });
    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, finder_, &RowFinder::focusWords);
    link_.on<DataSurveyed>(this, [this](const DataSurveyed& told) { take(told); });
    link_.on<RowShown>(this, [this](const RowShown& shown) { take(shown); });
    link_.on<RowSought>(this, [this](const RowSought& sought) { take(sought); });
}

DataPage::Subject DataPage::subject() const {
    Subject now{base_.model, base_.data, which_->isEnabled() && which_->currentIndex() == 1, base_.tokens};
    now.data.shuffle = true; // nothing here depends on it
    return now;
}

void DataPage::setBase(const RunSettings& base) {
    base_ = base;
    const bool hasEvaluation = !base_.data.eval.empty();
    which_->setEnabled(hasEvaluation);
    if (!hasEvaluation) which_->setCurrentIndex(0);
    if (isVisible() && asked_ != subject()) wait_.start();
}

void DataPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow();
}

void DataPage::follow() {
    wait_.stop();
    if (isVisible() && asked_ != subject()) survey();
}

void DataPage::survey() {
    asked_ = subject();
    counts_.reset();
    fault_.clear();
    row_ = {};
    searching_ = hasRow_ = isBlockPart_ = false;
    current_ = -1;
    list_->clear();
    finder_->tell({});
    finder_->setCurrent(-1, 1);
    underWay_ = !asked_->model.empty() && !asked_->data.train.empty();
    if (underWay_)
        survey_ = link_.post(SurveyData{asked_->model, asked_->data, asked_->evaluation, asked_->tokens});
    refresh();
}

void DataPage::ask(const ShowRow& row) {
    row_ = link_.post(row);
    searching_ = row.by == ShowRow::By::Text;
    finder_->tell(searching_ ? tr("Searching…") : QString());
    refresh();
}

void DataPage::take(const DataSurveyed& told) {
    if (told.request != survey_) return;
    if (told.counts) counts_ = told.counts;
    underWay_ = told.state == AnswerState::UnderWay;
    fault_ = QString::fromStdString(in_labels(told.fault));
    progress_->setRange(0, told.done > 0 ? thousand : 0);
    progress_->setValue(static_cast<int>(told.done * thousand));
    refresh();
    // The first row as soon as it is there; and at the end the row in sight anew, with all that are around
    // it.
    const bool isWanted = !hasRow_ || (!underWay_ && isBlockPart_);
    if (counts_ && counts_->rows > 0 && isWanted && row_ == RequestId{})
        ask({ShowRow::By::Index, std::max<std::int64_t>(current_, 0), {}});
}

void DataPage::take(const RowShown& shown) {
    if (shown.request != row_) return;
    row_ = {};
    const bool wasSearch = std::exchange(searching_, false);
    if (!shown.fault.empty()) fault_ = QString::fromStdString(in_labels(shown.fault));
    if (shown.row && counts_) {
        hasRow_ = true;
        isBlockPart_ = underWay_;
        current_ = shown.row->head.index;
        finder_->tell({});
        finder_->setCurrent(current_, shown.row->head.line);
        list_->show(shown.around, current_, counts_->rows);
        view_->setRow(shown.row);
    } else if (wasSearch) {
        finder_->tell(tr("Not found."));
    }
    refresh();
}

void DataPage::take(const RowSought& sought) {
    if (sought.request != row_) return;
    finder_->tell(tr("Searching… %1 of %2 rows").arg(countText(sought.done), countText(sought.total)));
}

QString DataPage::emptyWords() const {
    if (!fault_.isEmpty()) return tr("No row can be shown.");
    if (base_.model.empty())
        return tr("Choose a model in the set-up: its tokenizer makes tokens of the rows.");
    if (base_.data.train.empty())
        return tr(
            "Choose a dataset in the set-up, or drop a file onto the window. Its rows will be shown here "
            "as the model is fed them.");
    return underWay_ ? tr("Reading the first rows…") : tr("There are no rows.");
}

void DataPage::tellCounts() {
    faultNote_->tell(fault_, NoteKind::Error);
    if (!counts_) return sentences_->setText(underWay_ ? tr("Reading…") : QString());
    if (counts_->rows == 0 && !fault_.isEmpty()) return sentences_->setText({}); // the fault says it all
    QStringList lines;
    if (!counts_->read_as.empty()) lines << QString::fromStdString(counts_->read_as) + u'.';
    for (const std::string& sentence : sentences_of(*counts_)) lines << QString::fromStdString(sentence);
    for (const std::string& note : counts_->notes) lines << QString::fromStdString(note);
    if (underWay_) lines << tr("So far; reading goes on.");
    QString html;
    for (const QString& line : lines)
        html += u"<p style=\"margin: 0 0 4px 0\">%1</p>"_s.arg(line.toHtmlEscaped());
    sentences_->setText(html);
}

void DataPage::refresh() {
    const std::string path =
        asked_ ? asked_->evaluation ? asked_->data.eval : asked_->data.train : std::string();
    const QString shown = QString::fromStdString(path);
    name_->setText(QFileInfo(shown).fileName());
    name_->setToolTip(plainTip(shown));
    progress_->setVisible(underWay_);
    stop_->setEnabled(underWay_ || searching_);
    again_->setEnabled(asked_ && !asked_->model.empty() && !path.empty() && !underWay_);
    finder_->setCounts(counts_.get());
    if (counts_) list_->setRowCount(counts_->rows);
    tellCounts();
    lengths_->setCounts(counts_);
    if (!hasRow_) view_->setRow(nullptr, emptyWords());
}

} // namespace lora
