#include "ui/data/row_finder.h"

#include "ui/elements/number_field.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace lora {

using namespace Qt::StringLiterals;

RowFinder::RowFinder(QWidget* parent)
    : QWidget(parent), words_(new QLineEdit(this)), find_(new QPushButton(tr("Find next"), this)),
      line_(new NumberField({.whole = true}, {.lowest = 1, .highest = 1e12}, this)), word_(new QLabel(this)) {
    setObjectName(u"rowFinder"_s);
    words_->setObjectName(u"findWords"_s);
    words_->setPlaceholderText(tr("Find words"));
    words_->setClearButtonEnabled(true);
    words_->setMinimumWidth(110);
    words_->setToolTip(
        tr("Words as the model is fed them, marks of the chat template too; upper and lower case "
           "are the same. Enter goes to the next row that has them, round the end. Ctrl+F"));
    words_->setAccessibleName(tr("Find words"));
    find_->setObjectName(u"findNext"_s);
    find_->setToolTip(tr("The next row that has these words"));
    line_->setObjectName(u"goToLine"_s);
    line_->setAccessibleName(tr("Go to line"));
    line_->setToolTip(tr("The row in this line of the file, or the next one behind it. Enter goes there."));
    line_->setValue(1);
    line_->setMaximumWidth(90);
    line_->installEventFilter(this);
    word_->setObjectName(u"findWord"_s);
    word_->setForegroundRole(QPalette::PlaceholderText);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(6);
    row->addWidget(words_, 2);
    row->addWidget(find_);
    row->addWidget(word_, 1);
    longest_ = add(*row, u"goToLongest"_s, tr("Longest"),
        tr("The row of most tokens, before anything is cut off"), ShowRow::By::Longest);
    cut_ = add(*row, u"nextCut"_s, tr("Next cut"), tr("The next row whose end is beyond the limit"),
        ShowRow::By::Cut);
    leftOut_ = add(*row, u"nextLeftOut"_s, tr("Next left out"),
        tr("The next row with nothing to learn within the limit"), ShowRow::By::LeftOut);
    repeated_ = add(*row, u"nextRepeated"_s, tr("Next repeated"),
        tr("The next row that is the same as an earlier one, token for token"), ShowRow::By::Duplicate);
    auto* line = new QLabel(tr("&Line"), this);
    line->setBuddy(line_);
    row->addWidget(line);
    row->addWidget(line_);
    connect(words_, &QLineEdit::returnPressed, this, &RowFinder::find);
    connect(words_, &QLineEdit::textChanged, this, [this](const QString& words) {
        find_->setEnabled(isEnabled() && !words.isEmpty());
        tell({});
    });
    connect(find_, &QPushButton::clicked, this, &RowFinder::find);
    setCounts(nullptr);
}

QPushButton* RowFinder::add(
    QHBoxLayout& row, const QString& objectName, const QString& text, const QString& help, ShowRow::By by) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(objectName);
    made->setToolTip(help);
    made->setAccessibleDescription(help);
    row.addWidget(made);
    connect(made, &QPushButton::clicked, this, [this, by] { Q_EMIT wanted({by, current_, {}}); });
    return made;
}

void RowFinder::setCounts(const SurveyCounts* counts) {
    const bool any = counts != nullptr && counts->rows > 0;
    words_->setEnabled(any);
    find_->setEnabled(any && !words_->text().isEmpty());
    line_->setEnabled(any);
    longest_->setEnabled(any);
    cut_->setEnabled(any && counts->cut > 0);
    leftOut_->setEnabled(any && counts->left_out > 0);
    repeated_->setEnabled(any && counts->duplicates > 0);
}

void RowFinder::setCurrent(std::int64_t index, std::int64_t line) {
    current_ = index;
    if (line >= 1 && !line_->findChild<QLineEdit*>()->isModified()) line_->setValue(line);
}

void RowFinder::tell(const QString& text) { word_->setText(text); }

void RowFinder::focusWords() {
    words_->setFocus(Qt::ShortcutFocusReason);
    words_->selectAll();
}

void RowFinder::find() {
    if (!words_->text().isEmpty()) Q_EMIT wanted({ShowRow::By::Text, current_, words_->text().toStdString()});
}

void RowFinder::goToLine() {
    if (!line_->isUnderstood()) return tell(line_->why());
    const double line = line_->value().get<double>();
    line_->setFaulty(line < 1 || line > 1e15);
    if (line < 1 || line > 1e15) return tell(tr("Lines are counted from 1."));
    line_->findChild<QLineEdit*>()->setModified(false); // from here on it says where one is
    Q_EMIT wanted({ShowRow::By::Line, static_cast<std::int64_t>(line), {}});
}

bool RowFinder::eventFilter(QObject* watched, QEvent* event) {
    if (watched == line_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) return goToLine(), true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace lora
