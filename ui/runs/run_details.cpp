#include "ui/runs/run_details.h"

#include "engine/settings/setting_differences.h"
#include "ui/elements/quantities.h"
#include "ui/elements/tool_tip.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

constexpr int readable = 11; // characters of a value; more runs than fit are scrolled to

} // namespace

RunDetails::RunDetails(QWidget* parent)
    : QWidget(parent), title_(new QLabel(this)), settings_(new QTableWidget(this)),
      fields_(new QWidget(this)), name_(new QLineEdit(this)), tags_(new QLineEdit(this)),
      text_(new QPlainTextEdit(this)) {
    setObjectName(u"runDetails"_s);
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    settings_->setObjectName(u"runSettings"_s);
    settings_->setEditTriggers(QTableWidget::NoEditTriggers);
    settings_->setSelectionMode(QTableWidget::NoSelection);
    settings_->setTabKeyNavigation(false); // arrows go from cell to cell, Tab to the next field
    describeControl(*settings_, tr("Settings of the selected runs"),
        tr("All settings of one run; of several those in which they differ"));
    settings_->setShowGrid(false);
    settings_->setTextElideMode(Qt::ElideMiddle); // the ends of paths and names say most
    settings_->setAlternatingRowColors(true);
    settings_->setFrameShape(QFrame::NoFrame);
    settings_->verticalHeader()->hide();
    settings_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    settings_->horizontalHeader()->setHighlightSections(false);
    settings_->horizontalHeader()->setMinimumSectionSize(readable * fontMetrics().averageCharWidth());
    name_->setObjectName(u"runTitle"_s);
    describeControl(
        *name_, tr("Title"), tr("What the run is called in this window; its folder keeps its name."));
    tags_->setObjectName(u"runTags"_s);
    describeControl(*tags_, tr("Tags"), tr("Words to find the run by: tag:keep in the search"));
    tags_->setPlaceholderText(tr("Tags, separated by commas"));
    text_->setObjectName(u"runNote"_s);
    describeControl(*text_, tr("Note"), tr("It is kept in the run's folder, and found by the search."));
    text_->setPlaceholderText(tr("A note about this run; it is kept in the run's folder."));
    text_->setFixedHeight(fontMetrics().lineSpacing() * 4 + 10);
    text_->setTabChangesFocus(true);
    text_->installEventFilter(this);
    for (const QLineEdit* line : {name_, tags_})
        connect(line, &QLineEdit::editingFinished, this, &RunDetails::keepNotes);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(10, 6, 10, 6);
    head->addWidget(title_);
    column->addLayout(head);
    column->addWidget(settings_, 1);
    auto* notes = new QVBoxLayout(fields_);
    notes->setContentsMargins(10, 8, 10, 8);
    notes->setSpacing(6);
    notes->addWidget(name_);
    notes->addWidget(tags_);
    notes->addWidget(text_);
    column->addWidget(fields_);
    setRuns({});
}

void RunDetails::setRuns(const std::vector<RunListing>& runs) {
    keepNotes();
    const bool one = runs.size() == 1;
    run_ = one ? runs.front().folder : std::string();
    notes_ = one ? runs.front().notes : RunNotes();
    name_->setPlaceholderText(one ? QString::fromStdString(runs.front().name) : QString());
    name_->setText(QString::fromStdString(notes_.title));
    tags_->setText(QString::fromStdString(text_of(notes_.tags)));
    text_->setPlainText(QString::fromStdString(notes_.text));
    fields_->setVisible(one);
    showSettings(runs);
}

void RunDetails::editTitle() {
    name_->setFocus();
    name_->selectAll();
}

void RunDetails::editNote() { text_->setFocus(); }

void RunDetails::showSettings(const std::vector<RunListing>& runs) {
    std::vector<SettingRow> rows;
    QStringList header{tr("Setting")};
    if (runs.size() == 1) {
        for (auto& [name, value] : flat_settings(runs.front().settings)) rows.push_back({name, {value}});
        header << tr("Value");
        title_->setText(tr("Settings"));
    } else {
        std::vector<RunSettings> settings;
        QStringList names;
        for (const RunListing& run : runs) {
            settings.push_back(run.settings);
            names << QString::fromStdString(run.called());
        }
        header << withoutCommonBeginning(names);
        rows = setting_differences(settings);
        title_->setText(runs.empty()   ? tr("Settings")
                        : rows.empty() ? tr("These runs have the same settings")
                                       : tr("Where these runs differ"));
    }
    settings_->clear();
    settings_->setColumnCount(static_cast<int>(header.size()));
    settings_->setRowCount(static_cast<int>(rows.size()));
    settings_->setHorizontalHeaderLabels(header);
    settings_->horizontalHeader()->setVisible(!runs.empty());
    for (int row = 0; row < settings_->rowCount(); ++row) {
        const SettingRow& each = rows[static_cast<std::size_t>(row)];
        auto* name = new QTableWidgetItem(QString::fromStdString(each.name));
        name->setToolTip(name->text());
        settings_->setItem(row, 0, name);
        for (std::size_t run = 0; run < each.values.size(); ++run) {
            auto* item = new QTableWidgetItem(QString::fromStdString(each.values[run]));
            item->setToolTip(plainTip(item->text()));
            settings_->setItem(row, static_cast<int>(run) + 1, item);
        }
    }
    auto* columns = settings_->horizontalHeader();
    columns->setSectionResizeMode(QHeaderView::Stretch);
    columns->setSectionResizeMode(0, QHeaderView::Interactive); // the longest name leaves room for values
    settings_->resizeColumnToContents(0);
    columns->resizeSection(0, std::min(columns->sectionSize(0), settings_->width() / 2));
    for (std::size_t run = 0; run < runs.size(); ++run)
        settings_->horizontalHeaderItem(static_cast<int>(run) + 1)
            ->setToolTip(plainTip(QString::fromStdString(runs[run].called())));
    settings_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void RunDetails::keepNotes() {
    if (run_.empty()) return;
    const RunNotes written{text_->toPlainText().toStdString(), tags_of(tags_->text().toStdString()),
        name_->text().trimmed().toStdString()};
    if (written == notes_) return;
    notes_ = written;
    Q_EMIT notesEdited(run_, written);
}

bool RunDetails::eventFilter(QObject* watched, QEvent* event) {
    if (watched == text_ && event->type() == QEvent::FocusOut) keepNotes();
    return QWidget::eventFilter(watched, event);
}

void RunDetails::hideEvent(QHideEvent* event) {
    keepNotes();
    QWidget::hideEvent(event);
}

} // namespace lora
