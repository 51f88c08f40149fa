#include "ui/window/queue_panel.h"

#include "ui/elements/empty_words.h"
#include "ui/elements/theme.h"
#include "ui/elements/tool_tip.h"
#include "ui/window/run_queue.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

QueuePanel::QueuePanel(RunQueue& queue, QWidget* parent)
    : QWidget(parent), queue_(queue), list_(new QListWidget(this)) {
    setObjectName(u"queuePanel"_s);
    list_->setObjectName(u"queueList"_s);
    describeControl(*list_, tr("Queue"),
        tr("The runs that wait, the next one first. The next begins when a run ends; they are kept when the "
           "window is closed, and are started by hand then."));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setWordWrap(true);
    new EmptyWords(tr("Runs that wait for their turn stand here: “Add to queue”, beside “Start training”, "
                      "puts the set-up at the end."),
        list_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 8);
    row->addWidget(list_, 1);
    row->addWidget(buildButtons());
    connectButtons();
    connect(&queue_, &RunQueue::changed, this, &QueuePanel::showRuns);
    connect(list_, &QListWidget::currentRowChanged, this, &QueuePanel::showButtons);
    showRuns();
}

QPushButton* QueuePanel::addButton(
    QWidget* column, const char* objectName, const QString& text, const QString& help) {
    auto* button = new QPushButton(text, column);
    button->setObjectName(QLatin1StringView(objectName));
    button->setToolTip(help);
    column->layout()->addWidget(button);
    return button;
}

QWidget* QueuePanel::buildButtons() {
    auto* column = new QWidget(this);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    start_ = addButton(column, "startQueue", tr("Start the queue"),
        tr("Begin with the first run that waits; while a run is under way the queue goes on by itself"));
    up_ = addButton(column, "queueUp", tr("Up"), tr("Let the selected run begin earlier"));
    down_ = addButton(column, "queueDown", tr("Down"), tr("Let the selected run begin later"));
    retry_ = addButton(column, "queueRetry", tr("Try again"), tr("Let the selected run wait again"));
    remove_ = addButton(column, "queueRemove", tr("Remove"), tr("Take the selected run out (Delete)"));
    layout->addStretch();
    return column;
}

void QueuePanel::connectButtons() {
    const auto on = [this](const QPushButton* button, auto&& act) {
        connect(button, &QPushButton::clicked, this, act);
    };
    on(start_, [this] { queue_.begin(); });
    const auto shift = [this](int by) {
        const int run = selected();
        queue_.move(static_cast<std::size_t>(run), by);
        list_->setCurrentRow(run + by);
    };
    on(up_, [shift] { shift(-1); });
    on(down_, [shift] { shift(1); });
    on(retry_, [this] { queue_.retry(static_cast<std::size_t>(selected())); });
    on(remove_, [this] { queue_.remove(static_cast<std::size_t>(selected())); });
    auto* key = new QShortcut(QKeySequence(Qt::Key_Delete), list_);
    key->setContext(Qt::WidgetShortcut);
    connect(key, &QShortcut::activated, remove_, &QPushButton::click);
}

int QueuePanel::selected() const { return list_->currentRow(); }

void QueuePanel::showRuns() {
    const int before = selected();
    {
        const QSignalBlocker quiet(list_);
        list_->clear();
        const std::vector<QueuedRun>& runs = queue_.runs();
        for (std::size_t run = 0; run < runs.size(); ++run) {
            const bool refused = !runs[run].fault.isEmpty();
            const QString words = u"%1  %2"_s.arg(run + 1).arg(queuedText(runs, run));
            auto* item = new QListWidgetItem(
                refused ? tr("%1\n    Did not start: %2").arg(words, runs[run].fault) : words, list_);
            item->setToolTip(plainTip(item->text()));
            if (refused) item->setForeground(signalColors(palette()).error);
        }
        list_->setCurrentRow(std::min(before, list_->count() - 1));
    }
    showButtons();
    showCount();
}

void QueuePanel::showButtons() {
    const int run = selected();
    const bool any = run >= 0 && run < list_->count();
    start_->setEnabled(queue_.canBegin());
    up_->setEnabled(any && run > 0);
    down_->setEnabled(any && run + 1 < list_->count());
    retry_->setEnabled(any && !queue_.runs()[static_cast<std::size_t>(run)].fault.isEmpty());
    remove_->setEnabled(any);
}

// In the dock's own tab, which is in sight when the list is not.
void QueuePanel::showCount() {
    auto* dock = qobject_cast<QDockWidget*>(parentWidget());
    if (dock == nullptr) return;
    dock->setWindowTitle(list_->count() > 0 ? tr("Queue (%1)").arg(list_->count()) : tr("Queue"));
}

} // namespace lora
