#include "ui/answers/answers_page.h"

#include "ui/elements/tool_tip.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

AnswersPage::AnswersPage(EngineLink& link, QWidget* parent)
    : QWidget(parent), headline_(new QLabel(this)), stack_(new QStackedWidget(this)),
      emptyWords_(new QLabel(this)), wanted_(new QPushButton(tr("Ask the next run"), this)),
      empty_(buildEmpty()),
      prompts_(makeResults("answersBeforeAfter", tr("Prompts"),
          tr("A row for each prompt: what the data say, the first answer and the last one"))),
      answers_(makeResults("answersThroughTime", tr("Answers to one prompt"),
          tr("The selected prompt's answer at each evaluation, in the order of the steps"))),
      first_(makeResults("confusionBefore", tr("Confusion before"),
          tr("How many samples of each label were taken for each label, at the first evaluation"))),
      last_(makeResults("confusionAfter", tr("Confusion after"),
          tr("How many samples of each label were taken for each label, at the last evaluation"))),
      ofAnswers_(buildPair(prompts_, answers_, Qt::Vertical)),
      ofClasses_(buildPair(first_, last_, Qt::Horizontal)) {
    setObjectName(u"answersPage"_s);
    headline_->setObjectName(u"answersHeadline"_s);
    headline_->setWordWrap(true);
    headline_->setContentsMargins(10, 8, 10, 6);
    QFont bold = headline_->font();
    bold.setBold(true);
    headline_->setFont(bold);
    for (QWidget* each : {empty_, ofAnswers_, ofClasses_}) stack_->addWidget(each);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(headline_);
    column->addWidget(stack_, 1);
    connectLink(link);
    refresh();
}

void AnswersPage::connectLink(EngineLink& link) {
    const auto begin = [this](const RunRecord* before, const std::vector<std::string>& labels) {
        history_.clear();
        if (before) history_.take(*before);
        history_.setLabels(labels);
        refresh();
    };
    // What a run's samples are called is known of the dataset that it trains on.
    link.on<DatasetLoaded>(this, [this](const DatasetLoaded& read) { labels_ = read.train->labels; });
    link.on<RunStarted>(this, [this, begin](const RunStarted& run) { begin(run.before.get(), labels_); });
    link.on<RunOpened>(this, [begin](const RunOpened& run) { begin(run.record.get(), run.record->labels); });
    link.on<ModelLoaded>(this, [begin](const ModelLoaded&) { begin(nullptr, {}); });
    link.on<ModelClosed>(this, [begin](const ModelClosed&) { begin(nullptr, {}); });
    link.on<AnswersGiven>(this, [this](const AnswersGiven& given) {
        history_.add(*given.record);
        refresh();
    });
    link.on<EvaluationDone>(this, [this](const EvaluationDone& done) {
        history_.add(done.record);
        if (history_.isOfClasses()) refresh();
    });
    connect(prompts_.view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &AnswersPage::showPrompt);
}

// In the middle, and as wide as lines can be read.
QWidget* AnswersPage::buildEmpty() {
    constexpr int readable = 60; // characters
    auto* empty = new QWidget(this);
    emptyWords_->setParent(empty);
    emptyWords_->setObjectName(u"answersEmpty"_s);
    emptyWords_->setWordWrap(true);
    emptyWords_->setAlignment(Qt::AlignCenter);
    emptyWords_->setForegroundRole(QPalette::PlaceholderText);
    emptyWords_->setFixedWidth(readable * fontMetrics().averageCharWidth());
    wanted_->setObjectName(u"wantAnswers"_s);
    wanted_->setToolTip(tr("Sets “Answer held-out rows” under Training, Advanced, to a few"));
    connect(wanted_, &QPushButton::clicked, this, &AnswersPage::answersWanted);
    auto* column = new QVBoxLayout(empty);
    column->setSpacing(12);
    column->addStretch();
    // Between stretches, not aligned: an aligned label gets the height that it would need at the page's
    // width.
    auto* middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(emptyWords_);
    middle->addStretch();
    column->addLayout(middle);
    column->addWidget(wanted_, 0, Qt::AlignHCenter);
    column->addStretch();
    setBase({});
    return empty;
}

void AnswersPage::setBase(const RunSettings& base) {
    const bool isAsked = base.answers.rows > 0 || !base.answers.prompts.empty();
    emptyWords_->setText(
        isAsked ? tr("Nothing is answered yet. What the next run answers at each evaluation appears here, "
                     "before beside after.")
                : tr("Nothing is answered yet. “Answer held-out rows” and “Answer prompts”, under Training, "
                     "Advanced, say what a run is asked at each evaluation. What a classifier takes for what "
                     "stands here without them."));
    wanted_->setVisible(!isAsked);
}

AnswersPage::Results AnswersPage::makeResults(const char* name, const QString& title, const QString& help) {
    auto* table = new ResultTable(this);
    QTableView* view = makeResultView(table, QLatin1StringView(name), this);
    describeControl(*view, title, help);
    auto* label = new QLabel(this);
    label->setContentsMargins(10, 6, 10, 4);
    label->setTextFormat(Qt::PlainText);
    label->setMinimumWidth(1); // a long prompt is cut, the page does not grow by it
    return {table, view, label};
}

QWidget* AnswersPage::buildPair(Results& first, Results& second, Qt::Orientation orientation) {
    auto* split = new QSplitter(orientation, this);
    split->setChildrenCollapsible(false);
    for (const Results* each : {&first, &second}) {
        auto* pane = new QWidget(split);
        auto* column = new QVBoxLayout(pane);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addWidget(each->title);
        column->addWidget(each->view, 1);
    }
    return split;
}

void AnswersPage::fill(Results& results, ResultRows rows, const QString& title) {
    results.table->setRows(std::move(rows));
    results.title->setText(title);
    results.title->setVisible(!title.isEmpty());
}

void AnswersPage::refresh() {
    const int selected = std::max(0, selectedRow(*prompts_.view));
    headline_->setText(history_.headline());
    headline_->setVisible(!headline_->text().isEmpty());
    fill(prompts_, history_.beforeAndAfter(), {});
    fill(first_, history_.confusion(/*last=*/false), history_.titleOfConfusion(/*last=*/false));
    fill(last_, history_.confusion(/*last=*/true), history_.titleOfConfusion(/*last=*/true));
    if (history_.hasAnswers()) selectRow(*prompts_.view, selected);
    showPrompt();
    stack_->setCurrentWidget(history_.isOfClasses()  ? ofClasses_
                             : history_.hasAnswers() ? ofAnswers_
                                                     : empty_);
}

void AnswersPage::showPrompt() {
    const auto prompt = static_cast<std::size_t>(std::max(0, selectedRow(*prompts_.view)));
    fill(answers_, history_.throughTime(prompt), history_.promptOf(prompt));
}

} // namespace lora
