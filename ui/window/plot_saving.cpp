#include "ui/window/plot_saving.h"

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

#include <QAction>
#include <QTabWidget>
#include <exception>
#include <optional>
#include <utility>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

struct Shown {
    QCustomPlot* plot;
    std::function<Table()> table;
    QString name;
    bool ofRun = false;   ///< of the one in sight
    QString subject = {}; ///< its linears; empty: all
};

/// None for a page without a plot.
std::optional<Shown> shownOf(const QWidget* page) {
    if (const auto* runs = qobject_cast<const RunsPage*>(page))
        return Shown{
            runs->overlay()->frame()->plot(), [runs] { return runs->overlay()->table(); }, u"runs"_s};
    if (const auto* data = qobject_cast<const DataPage*>(page))
        return Shown{
            data->lengths()->frame()->plot(), [data] { return data->lengths()->table(); }, u"lengths"_s};
    if (const auto* sweeps = qobject_cast<const SweepsPage*>(page))
        return Shown{sweeps->plot(), [sweeps] { return sweeps->table(); }, u"sweep"_s};
    if (const auto* laboratory = qobject_cast<const LaboratoryPage*>(page)) {
        const LaboratoryView* view = laboratory->current();
        return Shown{view->plot(), [view] { return view->table(); }, view->name(), true};
    }
    if (const auto* live = qobject_cast<const LiveView*>(page))
        return Shown{live->currentPlot(), [live] { return live->currentTable(); }, live->currentName(), true,
            live->currentSubject()};
    return std::nullopt;
}

QString caption(const Shown& shown, const QString& run) {
    QStringList words{shown.ofRun ? run : QString(), shown.plot->accessibleName(), shown.subject};
    words.removeAll({});
    return words.join(u" · "_s);
}

void save(const Shown& shown, const QString& run, QWidget* window, Notices& notices) {
    const QString before = shown.ofRun && !run.isEmpty() ? run + u' ' : QString();
    const QString path = askForNewFile(window, Notices::tr("Export the plot"), u"export"_s,
        before + shown.name + u".png"_s, Notices::tr("Picture (*.png);;Document (*.pdf);;Numbers (*.csv)"));
    if (path.isEmpty()) return;
    try {
        exportPlot(*shown.plot, shown.table(), path, caption(shown, run));
        notices.say(Notices::tr("The plot was written to %1").arg(path));
    } catch (const std::exception& error) {
        notices.complain(wordsOf(error));
    }
}

} // namespace

QString captionOf(const QWidget* page, const QString& run) { return caption(shownOf(page).value(), run); }

void savePlots(QAction& action, QTabWidget& pages, std::function<QString()> run, Notices& notices) {
    QObject::connect(&action, &QAction::triggered, &pages, [&pages, &notices, run = std::move(run)] {
        if (const auto shown = shownOf(pages.currentWidget())) save(*shown, run(), pages.window(), notices);
    });
    QObject::connect(&pages, &QTabWidget::currentChanged, &action,
        [&action, &pages] { action.setEnabled(shownOf(pages.currentWidget()).has_value()); });
}

} // namespace lora
