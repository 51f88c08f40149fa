#include "ui/window/plot_saving.h"

#include "ui/answers/answers_page.h"
#include "ui/data/data_page.h"
#include "ui/data/lengths_plot.h"
#include "ui/elements/exception_words.h"
#include "ui/elements/file_dialogs.h"
#include "ui/laboratory/laboratory_page.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"
#include "ui/runs/run_overlay.h"
#include "ui/runs/runs_page.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/training/live_view.h"
#include "ui/window/notices.h"

#include <exception>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

struct Shown {
    QCustomPlot* plot;
    Table table;
    QString name;
    bool ofRun = false;   ///< of the one in sight
    QString subject = {}; ///< its linears; empty: all
};

Shown shownOf(const QWidget* page) {
    if (const auto* runs = qobject_cast<const RunsPage*>(page))
        return {runs->overlay()->frame()->plot(), runs->overlay()->table(), u"runs"_s};
    if (const auto* data = qobject_cast<const DataPage*>(page))
        return {data->lengths()->frame()->plot(), data->lengths()->table(), u"lengths"_s};
    if (const auto* sweeps = qobject_cast<const SweepsPage*>(page))
        return {sweeps->plot(), sweeps->table(), u"sweep"_s};
    if (const auto* laboratory = qobject_cast<const LaboratoryPage*>(page)) {
        const LaboratoryView* view = laboratory->current();
        return {view->plot(), view->table(), view->name(), true};
    }
    const auto* live = qobject_cast<const LiveView*>(page);
    return {live->currentPlot(), live->currentTable(), live->currentName(), true, live->currentSubject()};
}

} // namespace

bool hasPlot(const QWidget* page) { return qobject_cast<const AnswersPage*>(page) == nullptr; }

QString captionOf(const QWidget* page, const QString& run) {
    const Shown shown = shownOf(page);
    QStringList words{shown.ofRun ? run : QString(), shown.plot->accessibleName(), shown.subject};
    words.removeAll({});
    return words.join(u" · "_s);
}

void savePlotOf(const QWidget* page, const QString& run, QWidget* window, Notices& notices) {
    const Shown shown = shownOf(page);
    const QString before = shown.ofRun && !run.isEmpty() ? run + u' ' : QString();
    const QString path = askForNewFile(window, Notices::tr("Export the plot"), u"export"_s,
        before + shown.name + u".png"_s, Notices::tr("Picture (*.png);;Document (*.pdf);;Numbers (*.csv)"));
    if (path.isEmpty()) return;
    try {
        exportPlot(*shown.plot, shown.table, path, captionOf(page, run));
        notices.say(Notices::tr("The plot was written to %1").arg(path));
    } catch (const std::exception& error) {
        notices.complain(wordsOf(error));
    }
}

} // namespace lora
