#include "ui/playground/playground.h"

#include "ui/elements/adapter_words.h"
#include "ui/elements/elided_label.h"
#include "ui/elements/note.h"
#include "ui/elements/section.h"
#include "ui/elements/tool_tip.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>
#include <initializer_list>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

QString shortened(const QString& text) {
    constexpr qsizetype mostShown = 120;
    return text.size() > mostShown ? text.left(mostShown) + u'…' : text;
}

bool isWithin(const NumberField& field, const NumberSteps& range) {
    if (!field.isUnderstood()) return false;
    const double value = field.value().get<double>();
    return value >= range.lowest && value <= range.highest;
}

} // namespace

Playground::Playground(EngineLink& link, QWidget* parent) : QWidget(parent), link_(link) {
    setObjectName(u"playground"_s);
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(buildAsk());
    split->addWidget(buildPane(tr("Base"), u"baseText"_s, base_, baseNote_, nullptr));
    NumberField* scale = fields_->field("adapter-scale");
    scale->setMaximumWidth(scale->fontMetrics().horizontalAdvance(u"0.000"_s) + 44);
    auto* named = makeRow({new QLabel(u"×"_s, this), scale});
    split->addWidget(buildPane(tr("With adapter"), u"adaptedText"_s, adapted_, adaptedNote_, named));
    split->setStretchFactor(0, 4);
    split->setStretchFactor(1, 5);
    split->setStretchFactor(2, 5);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 8);
    row->addWidget(split);
    setUsable(false, tr("Open a model to talk to it."));
    connectLink();
}

// Only what answers the question asked last is shown: pieces of an older answer may still be on their way.
void Playground::connectLink() {
    link_.on<TextGenerated>(this, [this](const TextGenerated& text) {
        if (text.request == request_) add(text);
    });
    link_.on<GenerationEnded>(this, [this](const GenerationEnded& ended) {
        if (ended.request == request_) end(ended);
    });
    link_.on<Refused>(this, [this](const Refused& refused) {
        if (refused.request.id == request_) abandon();
    });
    link_.on<AdapterChanged>(this, [this](const AdapterChanged& adapter) { setAdapter(adapter); });
    link_.on<ModelLoaded>(
        this, [this](const ModelLoaded& loaded) { setChatKnown(loaded.model->has_chat_template); });
    link_.on<ModelClosed>(this, [this](const ModelClosed&) { setAdapter({}); });
    link_.on<DatasetLoaded>(this, [this](const DatasetLoaded& loaded) { takeData(loaded); });
    link_.on<RunStarted>(this, [this](const RunStarted& run) { runSeed_ = run.settings.training.seed; });
    link_.on<RunOpened>(
        this, [this](const RunOpened& run) { runSeed_ = run.record->settings.training.seed; });
}

QWidget* Playground::buildAsk() {
    auto* ask = new QWidget(this);
    prompt_ = new QPlainTextEdit(ask);
    prompt_->setObjectName(u"prompt"_s);
    prompt_->setPlaceholderText(tr("What to ask the model"));
    prompt_->setMinimumHeight(prompt_->fontMetrics().lineSpacing() + 14); // a line; the hint may have two
    prompt_->setTabChangesFocus(true);
    describeControl(*prompt_, tr("Prompt"),
        tr("What the model is asked; Ctrl+Return generates. It goes in as it stands, or with “Chat template” "
           "as a user's message."));
    chat_ = new QCheckBox(tr("Chat template"), ask);
    chat_->setObjectName(u"chat"_s);
    chat_->setToolTip(tr("As a user's message in the model's own template; else the text goes in as it is."));
    fields_ = new GenerationFields(ask);
    generate_ = new QPushButton(tr("Generate"), ask);
    generate_->setObjectName(u"generate"_s);
    generate_->setToolTip(tr("Ask the base model and the adapted one (Ctrl+Return in the prompt)"));
    stop_ = new QPushButton(tr("Stop"), ask);
    stop_->setObjectName(u"stopGeneration"_s);
    stop_->setToolTip(tr("End the answers here"));
    hint_ = new Note(u"playgroundHint"_s, ask);
    auto* grid = new QGridLayout(ask);
    grid->setContentsMargins(0, 0, 4, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->addWidget(prompt_, 0, 0, 1, 4);
    // Beneath the prompt, which gives way: the buttons stay where they are when the hint comes and goes.
    grid->addWidget(hint_, 1, 0, 1, 4);
    int cell = 4; // two to a row, a name and a field each
    for (const auto& [name, field] : fields_->shown()) {
        grid->addWidget(name, cell / 2, 2 * (cell % 2));
        grid->addWidget(field, cell / 2, 2 * (cell % 2) + 1);
        ++cell;
    }
    const auto addWide = [&](QLayout* fields) {
        grid->addLayout(fields, cell / 2, 2 * (cell % 2), 1, 2);
        ++cell;
    };
    addWide(makeRow({chat_, fields_->more()}));
    if (cell % 2 != 0) ++cell;
    addWide(buildRows(ask));
    addWide(makeRow({generate_, stop_}));
    for (const int fieldColumn : {1, 3}) grid->setColumnStretch(fieldColumn, 1);
    grid->setRowStretch(0, 1);
    connect(fields_, &GenerationFields::edited, this, &Playground::refresh);
    connect(generate_, &QPushButton::clicked, this, &Playground::begin);
    connect(stop_, &QPushButton::clicked, this, [this] { link_.post(StopGeneration{}); });
    auto* shortcut = new QShortcut(Qt::CTRL | Qt::Key_Return, prompt_);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, generate_, &QPushButton::click);
    return ask;
}

QLayout* Playground::buildRows(QWidget* ask) {
    takeRow_ = new QPushButton(tr("Take row"), ask);
    takeRow_->setObjectName(u"takeRow"_s);
    row_ = new NumberField({.whole = true}, {.lowest = 1, .highest = 8}, ask);
    row_->setObjectName(u"rowNumber"_s);
    row_->setAccessibleName(tr("Row"));
    row_->setValue(1);
    row_->setMaximumWidth(row_->fontMetrics().horizontalAdvance(u"000"_s) + 40); // eight rows are the most
    connect(row_, &NumberField::edited, this, &Playground::refresh);
    connect(takeRow_, &QPushButton::clicked, this, &Playground::takeRow);
    connect(prompt_, &QPlainTextEdit::textChanged, this, &Playground::refresh);
    return makeRow({takeRow_, row_});
}

QWidget* Playground::buildPane(
    const QString& title, const QString& objectName, QPlainTextEdit*& text, QLabel*& note, QLayout* beside) {
    auto* pane = new QWidget(this);
    auto* name = new QLabel(u"<b>%1</b>"_s.arg(title), pane);
    note = new ElidedLabel(pane);
    note->setForegroundRole(QPalette::PlaceholderText);
    note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    text = new QPlainTextEdit(pane);
    text->setObjectName(objectName);
    text->setReadOnly(true);
    text->setMinimumHeight(54);
    describeControl(*text, tr("Answer: %1").arg(title), tr("What the model answers, token by token"));
    auto* grid = new QGridLayout(pane);
    grid->setContentsMargins(4, 0, 0, 0);
    grid->setSpacing(3);
    grid->setRowMinimumHeight(0, fields_->field("adapter-scale")->sizeHint().height()); // both in line
    grid->addWidget(name, 0, 0);
    if (beside) grid->addLayout(beside, 0, 1);
    grid->addWidget(note, 0, 2);
    grid->addWidget(text, 1, 0, 1, 3);
    grid->setColumnStretch(2, 1);
    return pane;
}

void Playground::setPrompt(const QString& prompt, const QString& dataset) {
    promptData_ = dataset;
    given_ = prompt;
    prompt_->setPlainText(prompt);
}

void Playground::takeData(const DatasetLoaded& loaded) {
    const DatasetSummary& shown = loaded.eval ? *loaded.eval : *loaded.train;
    rows_ = askedRows(shown);
    heldOut_ = loaded.eval != nullptr;
    splitBySeed_ = heldOut_ && loaded.eval->path == loaded.train->path;
    const QString path = QString::fromStdString(loaded.train->path);
    const bool isTyped = prompt_->toPlainText() != given_;
    if (path != promptData_ && !isTyped && !rows_.empty()) {
        row_->setValue(1);
        takeRow();
    }
    promptData_ = path;
    refresh();
}

// As the model got it in training: the row brings its own template.
void Playground::takeRow() {
    const AskedRow& row = rows_[row_->value().get<std::size_t>() - 1];
    chat_->setChecked(false);
    given_ = row.prompt;
    prompt_->setPlainText(row.prompt);
    expected_ = row.answer.simplified();
    refresh();
}

QString Playground::aboutRows() const {
    if (rows_.empty()) return tr("A row of the data as the prompt; there is none to ask yet.");
    const QString count =
        tr("A row of the data as the prompt, in the form that the model is trained with: 1 to %1.")
            .arg(rows_.size());
    if (!heldOut_) return count + u' ' + tr("No rows are held out: these are trained on.");
    if (splitBySeed_ && runSeed_ != 0)
        return count + u' '
               + tr("The run in sight held out other rows, by its seed %1: it may have trained on these.")
                     .arg(runSeed_);
    return count + u' ' + tr("They are held out: the model is never trained on them.");
}

void Playground::setMaxNewTokens(std::int64_t count) { fields_->set("max-new-tokens", count); }

void Playground::setUsable(bool usable, const QString& hint) {
    usable_ = usable;
    if (!usable) awaited_ = 0;
    unusable_ = hint;
    refresh();
}

void Playground::setAdapter(const AdapterChanged& adapter) {
    hasAdapter_ = !adapter.targets.empty();
    isScalable_ = hasAdapter_ && !adapter.weights;
    adapterName_ = adapterWords(adapter);
    askedScale_ = 1;
    request_ = {}; // what was said was said by another adapter
    awaited_ = 0;
    clearAnswers();
    refresh();
}

QString Playground::adaptedWords() const {
    return askedScale_ == 1 ? adapterName_ : u"%1 × %2"_s.arg(adapterName_).arg(askedScale_);
}

void Playground::clearAnswers() {
    for (QPlainTextEdit* pane : {base_, adapted_}) pane->clear();
    baseNote_->clear();
    adaptedNote_->setText(adaptedWords());
}

void Playground::setChatKnown(bool known) {
    chat_->setEnabled(known);
    if (!known) chat_->setChecked(false);
}

void Playground::refresh() {
    fields_->field("adapter-scale")->setEnabled(isScalable_);
    const QString wrong = fields_->wrong();
    if (unusable_.isEmpty() && !wrong.isEmpty())
        hint_->tell(wrong, NoteKind::Error);
    else if (!unusable_.isEmpty() || expected_.isEmpty() || prompt_->toPlainText() != given_)
        hint_->tell(unusable_);
    else
        hint_->tell(tr("The data answer: %1").arg(plainTip(shortened(expected_))));
    const bool isRow = isWithin(*row_, {.lowest = 1, .highest = static_cast<double>(rows_.size())});
    row_->setEnabled(!rows_.empty());
    row_->setFaulty(!rows_.empty() && !isRow);
    takeRow_->setEnabled(isRow);
    for (QWidget* each : std::initializer_list<QWidget*>{takeRow_, row_}) {
        each->setToolTip(u"<p>%1</p>"_s.arg(aboutRows().toHtmlEscaped()));
        each->setWhatsThis(each->toolTip());
    }
    generate_->setEnabled(usable_ && wrong.isEmpty());
    stop_->setEnabled(usable_ && awaited_ > 0);
    adapted_->setEnabled(hasAdapter_);
    adapted_->setPlaceholderText(
        hasAdapter_ ? QString() : tr("Train or load something to compare with the base."));
}

Generate Playground::question() const {
    return {.prompt = prompt_->toPlainText().toStdString(),
        .chat = chat_->isChecked(),
        .settings = fields_->settings()};
}

void Playground::begin() {
    askedScale_ = fields_->settings().adapter_scale;
    clearAnswers();
    awaited_ = hasAdapter_ ? 2 : 1;
    request_ = link_.post(question());
    refresh();
}

void Playground::add(const TextGenerated& text) {
    QPlainTextEdit* pane = text.pane == Pane::Base ? base_ : adapted_;
    QTextCursor end(pane->document());
    end.movePosition(QTextCursor::End);
    end.insertText(QString::fromStdString(text.text));
    pane->verticalScrollBar()->setValue(pane->verticalScrollBar()->maximum());
}

void Playground::end(const GenerationEnded& ended) {
    const QString rate = tr("%1 tokens, %2/s").arg(ended.tokens).arg(ended.tokens_per_s, 0, 'f', 1);
    if (ended.pane == Pane::Base)
        baseNote_->setText(rate);
    else
        adaptedNote_->setText(adaptedWords() + u" · "_s + rate);
    if (awaited_ > 0) --awaited_;
    refresh();
}

void Playground::abandon() {
    awaited_ = 0;
    refresh();
}

} // namespace lora
