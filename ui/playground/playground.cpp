#include "ui/playground/playground.h"

#include "ui/elements/adapter_words.h"
#include "ui/elements/file_kind.h"
#include "ui/elements/note.h"
#include "ui/elements/section.h"
#include "ui/elements/tool_tip.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

// More columns than these are too narrow to read.
constexpr std::size_t mostBeside = 3;

QString shortened(const QString& text) {
    constexpr qsizetype mostShown = 120;
    return text.size() > mostShown ? text.left(mostShown) + u'…' : text;
}

} // namespace

Playground::Playground(EngineLink& link, QWidget* parent)
    : QWidget(parent), link_(link), split_(new QSplitter(Qt::Horizontal, this)) {
    setObjectName(u"playground"_s);
    split_->setChildrenCollapsible(false);
    split_->addWidget(buildAsk());
    base_ = new AnswerPane(tr("Base"), u"baseText"_s, nullptr, this);
    adapted_ = new AnswerPane(tr("With adapter"), u"adaptedText"_s, buildAdaptedHead(), this);
    split_->addWidget(base_);
    split_->addWidget(adapted_);
    base_->setHeadHeight(fields_->field("adapter-scale")->sizeHint().height());
    split_->setStretchFactor(0, 4);
    split_->setStretchFactor(1, 5);
    split_->setStretchFactor(2, 5);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 8);
    row->addWidget(split_);
    connectAsk();
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
    link_.on<ModelLoaded>(this, [this](const ModelLoaded& loaded) {
        setChatKnown(loaded.model->has_chat_template);
        removeAllBeside(); // they were another model's
    });
    link_.on<ModelClosed>(this, [this](const ModelClosed&) {
        removeAllBeside();
        setAdapter({});
    });
    link_.on<DatasetLoaded>(this, [this](const DatasetLoaded& loaded) { takeData(loaded); });
}

QWidget* Playground::buildAsk() {
    auto* ask = new QWidget(this);
    prompt_ = new QPlainTextEdit(ask);
    prompt_->setObjectName(u"prompt"_s);
    prompt_->setPlaceholderText(tr("What to ask the model"));
    setPromptLines(2);
    prompt_->setTabChangesFocus(true);
    describeControl(*prompt_, tr("Prompt"),
        tr("What the model is asked; Ctrl+Return generates. It goes in as it stands, or with “Chat template” "
           "as a user's message in a chat that goes on."));
    chat_ = new QCheckBox(tr("Chat template"), ask);
    chat_->setObjectName(u"chat"_s);
    chat_->setToolTip(tr("A chat in the model's own template, in which each pane remembers what it has said; "
                         "else the text goes in as it is."));
    fields_ = new GenerationFields(ask);
    rows_ = new RowTaker(link_, ask);
    generate_ = new QPushButton(tr("Generate"), ask);
    generate_->setObjectName(u"generate"_s);
    generate_->setToolTip(tr("Ask the base model and the adapted one (Ctrl+Return in the prompt)"));
    stop_ = new QPushButton(tr("Stop"), ask);
    stop_->setObjectName(u"stopGeneration"_s);
    stop_->setToolTip(tr("End the answers here"));
    hint_ = new Note(u"playgroundHint"_s, ask);
    QSizePolicy room = hint_->sizePolicy();
    room.setRetainSizeWhenHidden(true); // the buttons below stay where they are
    hint_->setSizePolicy(room);
    auto* grid = new QGridLayout(ask);
    grid->setContentsMargins(0, 0, 4, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->addWidget(prompt_, 0, 0, 1, 4);
    // Beneath the prompt, which gives way: the buttons stay where they are when the hint comes and goes.
    grid->addWidget(hint_, 1, 0, 1, 4);
    grid->addWidget(buildChatLine(ask), 2, 0, 1, 4);
    int cell = 6; // two to a row, a name and a field each
    for (const auto& [name, field] : fields_->shown()) {
        grid->addWidget(name, cell / 2, 2 * (cell % 2));
        grid->addWidget(field, cell / 2, 2 * (cell % 2) + 1);
        ++cell;
    }
    grid->addLayout(makeRow({chat_, fields_->more()}), cell / 2, 2 * (cell % 2), 1, 2);
    const int last = cell / 2 + 1;
    grid->addWidget(rows_, last, 0, 1, 2);
    grid->addLayout(makeRow({generate_, stop_}), last, 2, 1, 2);
    for (const int fieldColumn : {1, 3}) grid->setColumnStretch(fieldColumn, 1);
    grid->setRowStretch(0, 1);
    return ask;
}

void Playground::setPromptLines(int least) {
    prompt_->setMinimumHeight(least * prompt_->fontMetrics().lineSpacing() + 14);
}

QWidget* Playground::buildChatLine(QWidget* ask) {
    chatLine_ = new QWidget(ask);
    system_ = new QLineEdit(chatLine_);
    system_->setObjectName(u"systemPrompt"_s);
    system_->setPlaceholderText(tr("System prompt"));
    describeControl(*system_, tr("System prompt"),
        tr("What the model is told before the chat: who it is, how it answers. Empty: what its template "
           "says. "
           "Another one begins a new chat."));
    newChat_ = new QPushButton(tr("New chat"), chatLine_);
    newChat_->setObjectName(u"newChat"_s);
    newChat_->setToolTip(tr("Forget what was said so far"));
    auto* line = makeRow({system_, newChat_});
    line->setContentsMargins({});
    chatLine_->setLayout(line);
    chatLine_->hide();
    return chatLine_;
}

void Playground::connectAsk() {
    connect(fields_, &GenerationFields::edited, this, &Playground::refresh);
    connect(prompt_, &QPlainTextEdit::textChanged, this, &Playground::refresh);
    connect(rows_, &RowTaker::taken, this, &Playground::takeRow);
    connect(chat_, &QCheckBox::toggled, this, [this](bool isChat) {
        chatLine_->setVisible(isChat);
        setPromptLines(isChat ? 1 : 2); // the line takes the other one's room
        endChat();
    });
    connect(system_, &QLineEdit::textEdited, this, &Playground::endChat);
    connect(newChat_, &QPushButton::clicked, this, &Playground::endChat);
    connect(addBeside_, &QToolButton::clicked, this, &Playground::besideWanted);
    connect(generate_, &QPushButton::clicked, this, &Playground::begin);
    connect(stop_, &QPushButton::clicked, this, [this] { link_.post(StopGeneration{}); });
    auto* shortcut = new QShortcut(Qt::CTRL | Qt::Key_Return, prompt_);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, generate_, &QPushButton::click);
}

QLayout* Playground::buildAdaptedHead() {
    NumberField* scale = fields_->field("adapter-scale");
    scale->setMaximumWidth(scale->fontMetrics().horizontalAdvance(u"0.000"_s) + 44);
    addBeside_ = new QToolButton(this);
    addBeside_->setObjectName(u"addBeside"_s);
    addBeside_->setText(u"+"_s);
    describeControl(*addBeside_, tr("Another adapter"),
        tr("Another adapter of this model answers beside, with the same seed; %1 at most.").arg(mostBeside));
    return makeRow({new QLabel(u"×"_s, this), scale, addBeside_});
}

void Playground::setPrompt(const QString& prompt, const QString& dataset) {
    promptData_ = dataset;
    given_ = prompt;
    prompt_->setPlainText(prompt);
}

// A prompt that nobody typed follows the data.
void Playground::takeData(const DatasetLoaded& loaded) {
    rows_->takeData(loaded);
    const QString path = QString::fromStdString(loaded.train->path);
    const bool isTyped = prompt_->toPlainText() != given_;
    if (path != promptData_ && !isTyped && !rows_->isEmpty()) rows_->takeFirst();
    promptData_ = path;
    refresh();
}

// As the model got it in training: the row brings its own template.
void Playground::takeRow(const AskedRow& row) {
    chat_->setChecked(false);
    given_ = row.prompt;
    prompt_->setPlainText(row.prompt);
    expected_ = row.answer.simplified();
    refresh();
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
    adapted_->setTitle(hasAdapter_ ? adapterWords(adapter) : tr("With adapter"));
    startAnew(); // what was said was said by another adapter
}

std::vector<AnswerPane*> Playground::panes() const {
    std::vector<AnswerPane*> all{base_, adapted_};
    for (const Beside& each : beside_) all.push_back(each.pane);
    return all;
}

AnswerPane* Playground::pane(std::int64_t number) const {
    const std::vector<AnswerPane*> all = panes();
    return number < 0 || number >= std::ssize(all) ? nullptr : all[static_cast<std::size_t>(number)];
}

std::vector<AnswerPane*> Playground::speakingPanes() const {
    std::vector<AnswerPane*> speaking = panes();
    if (!hasAdapter_) speaking.erase(speaking.begin() + adapted_pane);
    return speaking;
}

void Playground::addBeside(const QString& path) {
    const bool isThere =
        std::any_of(beside_.begin(), beside_.end(), [&](const Beside& each) { return each.path == path; });
    if (isThere || beside_.size() >= mostBeside) return;
    const QString name = adapterName(path);
    auto* remove = new QToolButton(this);
    remove->setText(u"×"_s);
    remove->setObjectName(u"removeBeside"_s);
    describeControl(*remove, tr("Without %1").arg(name), tr("This adapter answers no more"));
    auto* pane = new AnswerPane(name, u"besideText"_s, makeRow({remove}), this);
    pane->setHeadHeight(fields_->field("adapter-scale")->sizeHint().height());
    connect(remove, &QToolButton::clicked, this, [this, pane] { removeBeside(pane); });
    beside_.push_back({path, pane});
    split_->addWidget(pane);
    split_->setStretchFactor(split_->count() - 1, 5);
    endChat();
}

void Playground::removeBeside(const AnswerPane* pane) {
    const auto found =
        std::find_if(beside_.begin(), beside_.end(), [&](const Beside& each) { return each.pane == pane; });
    if (found == beside_.end()) return;
    found->pane->hide();
    found->pane->deleteLater();
    beside_.erase(found);
    endChat();
}

void Playground::removeAllBeside() {
    while (!beside_.empty()) removeBeside(beside_.back().pane);
}

void Playground::endChat() {
    if (awaited_ > 0) link_.post(StopGeneration{});
    startAnew();
}

void Playground::startAnew() {
    request_ = {};
    awaited_ = 0;
    askedScale_ = 1;
    dialogue_.clear();
    for (AnswerPane* each : panes()) {
        each->text().clearAll();
        each->setNote({});
    }
    refresh();
}

void Playground::setChatKnown(bool known) {
    chat_->setEnabled(known);
    if (!known) chat_->setChecked(false);
}

void Playground::refresh() {
    fields_->field("adapter-scale")->setEnabled(isScalable_ || !beside_.empty());
    const QString wrong = fields_->wrong();
    if (unusable_.isEmpty() && !wrong.isEmpty())
        hint_->tell(wrong, NoteKind::Error);
    else if (!unusable_.isEmpty() || expected_.isEmpty() || prompt_->toPlainText() != given_)
        hint_->tell(unusable_);
    else
        hint_->tell(tr("The data answer: %1").arg(plainTip(shortened(expected_))));
    generate_->setEnabled(usable_ && wrong.isEmpty());
    stop_->setEnabled(usable_ && awaited_ > 0);
    newChat_->setEnabled(!dialogue_.isEmpty());
    addBeside_->setEnabled(usable_ && beside_.size() < mostBeside);
    adapted_->text().setEnabled(hasAdapter_);
    adapted_->text().setPlaceholderText(
        hasAdapter_ ? QString() : tr("Train or load something to compare with the base."));
}

Generate Playground::question() const {
    Generate question{.prompt = prompt_->toPlainText().toStdString(),
        .chat = chat_->isChecked(),
        .settings = fields_->settings()};
    for (const Beside& each : beside_) question.beside.push_back(each.path.toStdString());
    if (!question.chat) return question;
    question.system = system_->text().trimmed().toStdString();
    question.before = dialogue_.before();
    return question;
}

void Playground::begin() {
    const Generate asked = question();
    if (asked.before.empty()) startAnew();
    askedScale_ = asked.settings.adapter_scale;
    if (asked.chat) {
        dialogue_.say(asked.prompt);
        for (AnswerPane* each : speakingPanes()) each->text().addQuestion(prompt_->toPlainText());
        prompt_->selectAll(); // what is typed next is said next
    }
    awaited_ = speakingPanes().size();
    request_ = link_.post(asked);
    refresh();
}

void Playground::add(const TextGenerated& text) {
    AnswerPane* speaker = pane(text.pane);
    if (!speaker) return;
    speaker->text().add(QString::fromStdString(text.text), text.tokens);
    dialogue_.answer(static_cast<std::size_t>(text.pane), text.text);
}

void Playground::end(const GenerationEnded& ended) {
    AnswerPane* speaker = pane(ended.pane);
    if (!speaker || awaited_ == 0) return;
    const QString rate = tr("%1 tokens, %2/s").arg(ended.tokens).arg(ended.tokens_per_s, 0, 'f', 1);
    const bool isScaled = ended.pane != base_pane && askedScale_ != 1;
    speaker->setNote(isScaled ? u"× %1 · %2"_s.arg(askedScale_).arg(rate) : rate);
    if (--awaited_ == 0) dialogue_.endTurn();
    refresh();
}

void Playground::abandon() {
    awaited_ = 0;
    dialogue_.dropTurn();
    refresh();
}

} // namespace lora
