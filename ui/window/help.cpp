#include "ui/window/help.h"

#include "ui/elements/words.h"
#include "ui/plots/explanation.h"
#include "ui/window/about.h"
#include "ui/window/glossary.h"
#include "ui/window/tour.h"
#include "ui/window/window_actions.h"

#include <QAction>
#include <QApplication>
#include <QMainWindow>
#include <QMessageBox>
#include <QTabWidget>
#include <QWhatsThis>
#include <map>

namespace lora {

using namespace Qt::StringLiterals;

namespace {

struct PageHelp {
    QString title;
    Explanation words;
};

PageHelp helpOf(const QString& page) {
    if (page == "laboratoryPage"_L1)
        return {tr("Laboratory"),
            {tr("Questions to the adapter in place: how little rank would do, how it lies to the model's own "
                "weights, and what it shares with another adapter."),
                tr("Each view begins with its question and ends, once it is measured, with a bold answer."),
                tr("Choose a view, press its button; it needs a loaded adapter and a run that is paused or "
                   "over.")}};
    if (page == "sweepsPage"_L1)
        return {tr("Sweeps"),
            {tr("Several runs that differ in one or two settings; all else is as in the set-up on the left."),
                tr("A row is a run, a point in the plot its last loss. Differences between runs count only "
                   "where they are larger than those between seeds."),
                tr("Write the values to try, with commas between them, and start.")}};
    if (page == "runsPage"_L1)
        return {tr("Runs"),
            {tr("All past runs. What is selected lies in one plot, and beside it stands where their settings "
                "differ."),
                tr("Ctrl or Shift and a click select several; the search takes words and comparisons such as "
                   "loss<1.6."),
                tr("The right button opens, resumes, names, exports a run or moves it to the trash.")}};
    if (page == "dataPage"_L1)
        return {tr("Data"),
            {tr("The dataset as the model will be fed it: what all rows come to, how long they are, and any "
                "row "
                "token by token."),
                tr("Underlined chips are learned, plain ones only read; a dashed border is a mark of the "
                   "chat "
                   "template or the tokenizer; what is struck through is beyond the limit and never seen."),
                tr("Look at a few rows before a run: is the answer learned, and nothing but the answer? Go "
                   "to "
                   "the longest row, to those that are cut, left out or repeated; Ctrl+F finds words. Model, "
                   "file and limit are the set-up's, on the left.")}};
    if (page == "answersPage"_L1)
        return {tr("Answers"),
            {tr("What the model answers at each evaluation of a run: the first rows that are held out, and "
                "prompts of your own. Of a classifier, which label it takes for which."),
                tr("Above, the first answer stands beside the last; ✓ is what the data say to the letter. "
                   "Beneath stands one prompt's answer after each evaluation, as the model changes."),
                tr("Say under Training what is answered (“Answer held-out rows”, “Answer prompts”), and how "
                   "often it is evaluated (“Evaluate every”).")}};
    return {tr("Training"),
        {tr("The run in sight, live: its loss, the singular values of one linear's update, a map over all "
            "linears, and beneath how far it is."),
            tr("Each plot has a question mark that says how to read it. A click into the map shows that "
               "linear's spectrum."),
            tr("Set up model, data and method on the left, then press Start training; pause to talk to the "
               "half-trained model.")}};
}

QString row(const QString& key, const QString& what) {
    return u"<tr><td><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>"_s.arg(
        key.toHtmlEscaped(), what.toHtmlEscaped());
}

} // namespace

void explainPage(const QWidget& page) {
    const PageHelp help = helpOf(page.objectName());
    const QPoint middle(page.width() / 2, page.height() / 4);
    QWhatsThis::showText(page.mapToGlobal(middle), richText(help.title, help.words));
}

void showShortcuts(QWidget& window) {
    std::map<QString, QString> keys;
    for (const QAction* action : window.findChildren<QAction*>())
        if (!action->shortcut().isEmpty())
            keys[action->shortcut().toString(QKeySequence::NativeText)] =
                action->text().remove(u'&').remove(u'…');
    keys[u"Ctrl+Return"_s] = tr("In the prompt: generate");
    keys[u"Home"_s] = tr("In a plot: show all");
    keys[u"Ctrl+C"_s] = tr("In a plot: copy the picture");
    keys[u"Ctrl+F"_s] = tr("On the page of the data: find words");
    keys[u"Space"_s] = tr("In the grid of layers: tick the cell; arrows go to the next one");
    QString table;
    for (const auto& [key, what] : keys) table += row(key, what);
    auto* box = new QMessageBox(&window);
    box->setObjectName(u"shortcutsBox"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("Keyboard shortcuts"));
    box->setTextFormat(Qt::RichText);
    box->setText(u"<table>%1</table>"_s.arg(table));
    box->setStandardButtons(QMessageBox::Ok);
    box->open();
}

void serveHelp(const WindowActions& actions, QMainWindow& window, QTabWidget& pages) {
    const auto on = [&window](const QAction* action, auto&& act) {
        QObject::connect(action, &QAction::triggered, &window, act);
    };
    on(actions.pageHelp, [&pages] { explainPage(*pages.currentWidget()); });
    on(actions.tour, [&window] { Tour::start(window); });
    on(actions.glossary, [&window] { (new Glossary(&window))->show(); });
    on(actions.shortcuts, [&window] { showShortcuts(window); });
    on(actions.about, [&window] { showAbout(&window); });
    on(actions.aboutQt, [] { QApplication::aboutQt(); });
}

} // namespace lora
