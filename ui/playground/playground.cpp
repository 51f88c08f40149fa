#include "ui/playground/playground.h"

#include "ui/elements/file_kind.h"
#include "ui/elements/note.h"
#include "ui/elements/section.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QShortcut>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

namespace lora {

using namespace Qt::StringLiterals;

Playground::Playground(EngineLink& link, QWidget* parent) : QWidget(parent), link_(link) {
    setObjectName(u"playground"_s);
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setChildrenCollapsible(false);
    split->addWidget(buildAsk());
    split->addWidget(buildPane(tr("Base"), u"baseText"_s, base_, baseNote_));
    split->addWidget(buildPane(tr("With adapter"), u"adaptedText"_s, adapted_, adaptedNote_));
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
    link_.on<ModelLoaded>(this, [this](const ModelLoaded& loaded) { setChatKnown(loaded.model->chatml); });
    link_.on<ModelClosed>(this, [this](const ModelClosed&) { setAdapter({}); });
}

QWidget* Playground::buildAsk() {
    auto* ask = new QWidget(this);
    prompt_ = new QPlainTextEdit(ask);
    prompt_->setObjectName(u"prompt"_s);
    prompt_->setPlaceholderText(tr("What to ask the model"));
    prompt_->setMinimumHeight(44);
    prompt_->setTabChangesFocus(true);
    chat_ = new QCheckBox(tr("Chat template"), ask);
    chat_->setObjectName(u"chat"_s);
    chat_->setToolTip(tr("As a user's message in the model's own template; else the text goes in as it is."));
    tokens_ = new QSpinBox(ask);
    tokens_->setObjectName(u"maxNewTokens"_s);
    tokens_->setRange(1, 100'000);
    tokens_->setValue(128);
    tokens_->setPrefix(tr("up to "));
    tokens_->setSuffix(tr(" tokens"));
    temperature_ = new QDoubleSpinBox(ask);
    temperature_->setObjectName(u"temperature"_s);
    temperature_->setRange(0, 5);
    temperature_->setSingleStep(0.1);
    temperature_->setPrefix(tr("temperature "));
    temperature_->setToolTip(tr("0 takes the likeliest token every time."));
    seed_ = new QSpinBox(ask);
    seed_->setObjectName(u"generationSeed"_s);
    seed_->setRange(0, 1'000'000'000);
    seed_->setPrefix(tr("seed "));
    generate_ = new QPushButton(tr("Generate"), ask);
    generate_->setObjectName(u"generate"_s);
    generate_->setToolTip(tr("Ctrl+Return"));
    stop_ = new QPushButton(tr("Stop"), ask);
    stop_->setObjectName(u"stopGeneration"_s);
    hint_ = new Note(u"playgroundHint"_s, ask);
    auto* grid = new QGridLayout(ask);
    grid->setContentsMargins(0, 0, 4, 0);
    grid->setSpacing(4);
    grid->addWidget(prompt_, 0, 0, 1, 2);
    // Beneath the prompt, which gives way: the buttons stay where they are when the hint comes and goes.
    grid->addWidget(hint_, 1, 0, 1, 2);
    grid->addWidget(tokens_, 2, 0);
    grid->addWidget(temperature_, 2, 1);
    grid->addWidget(chat_, 3, 0);
    grid->addWidget(seed_, 3, 1);
    grid->addWidget(generate_, 4, 0);
    grid->addWidget(stop_, 4, 1);
    grid->setRowStretch(0, 1);
    connect(generate_, &QPushButton::clicked, this, &Playground::begin);
    connect(stop_, &QPushButton::clicked, this, [this] { link_.post(StopGeneration{}); });
    auto* shortcut = new QShortcut(Qt::CTRL | Qt::Key_Return, prompt_);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, generate_, &QPushButton::click);
    return ask;
}

QWidget* Playground::buildPane(
    const QString& title, const QString& objectName, QPlainTextEdit*& text, QLabel*& note) {
    auto* pane = new QWidget(this);
    auto* name = new QLabel(u"<b>%1</b>"_s.arg(title), pane);
    note = new QLabel(pane);
    note->setForegroundRole(QPalette::PlaceholderText);
    note->setAlignment(Qt::AlignRight);
    text = new QPlainTextEdit(pane);
    text->setObjectName(objectName);
    text->setReadOnly(true);
    text->setMinimumHeight(60);
    auto* grid = new QGridLayout(pane);
    grid->setContentsMargins(4, 0, 0, 0);
    grid->setSpacing(3);
    grid->addWidget(name, 0, 0);
    grid->addWidget(note, 0, 1);
    grid->addWidget(text, 1, 0, 1, 2);
    return pane;
}

void Playground::setPrompt(const QString& prompt) { prompt_->setPlainText(prompt); }

void Playground::setMaxNewTokens(std::int64_t count) { tokens_->setValue(static_cast<int>(count)); }

void Playground::setUsable(bool usable, const QString& hint) {
    usable_ = usable;
    if (!usable) awaited_ = 0;
    hint_->tell(hint);
    refresh();
}

void Playground::setAdapter(const AdapterChanged& adapter) {
    hasAdapter_ = !adapter.targets.empty();
    adapterName_ = adapterName(QString::fromStdString(adapter.name));
    request_ = {}; // what was said was said by another adapter
    awaited_ = 0;
    clearAnswers();
    refresh();
}

void Playground::clearAnswers() {
    for (QPlainTextEdit* pane : {base_, adapted_}) pane->clear();
    baseNote_->clear();
    adaptedNote_->setText(adapterName_);
}

void Playground::setChatKnown(bool known) {
    chat_->setEnabled(known);
    if (!known) chat_->setChecked(false);
}

void Playground::refresh() {
    generate_->setEnabled(usable_);
    stop_->setEnabled(usable_ && awaited_ > 0);
    adapted_->setEnabled(hasAdapter_);
    adapted_->setPlaceholderText(
        hasAdapter_ ? QString() : tr("Train or load something to compare with the base."));
}

Generate Playground::question() const {
    return {.prompt = prompt_->toPlainText().toStdString(),
        .chat = chat_->isChecked(),
        .max_new_tokens = tokens_->value(),
        .temperature = temperature_->value(),
        .seed = static_cast<std::uint64_t>(seed_->value())};
}

void Playground::begin() {
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
        adaptedNote_->setText(adapterName_ + u" · "_s + rate);
    if (awaited_ > 0) --awaited_;
    refresh();
}

void Playground::abandon() {
    awaited_ = 0;
    refresh();
}

} // namespace lora
