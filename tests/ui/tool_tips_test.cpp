// Tool tips show what people and files say letter by letter.
#include "ui/elements/path_field.h"
#include "ui/elements/result_table.h"
#include "ui/elements/tool_tip.h"
#include "ui/runs/runs_model.h"

#include <QLineEdit>
#include <QTest>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

const QString marked = u"<h1>NOTE</h1><img src=\"a.png\">"_s;
const QString letters = u"<p>&lt;h1&gt;NOTE&lt;/h1&gt;&lt;img src=&quot;a.png&quot;&gt;</p>"_s;

} // namespace

class ToolTipsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words_without_tags_stay_as_they_are() {
        QCOMPARE(plainTip(u"/runs/a & b < c\nd"_s), u"/runs/a & b < c\nd"_s);
        QCOMPARE(plainTip({}), QString());
    }

    void tags_are_letters() {
        QCOMPARE(plainTip(marked), letters);
        QCOMPARE(plainTip(u"<b>two</b>\nlines"_s), u"<p>&lt;b&gt;two&lt;/b&gt;<br>lines</p>"_s);
    }

    void a_runs_note_and_its_paths_are_no_html() {
        RunListing run;
        run.folder = "/runs/one";
        run.notes.text = marked.toStdString();
        run.settings.model = marked.toStdString();
        RunsModel runs;
        runs.setRuns({run});
        for (const int column : {int(RunsModel::Name), int(RunsModel::Model)})
            QCOMPARE(runs.data(runs.index(0, column), Qt::ToolTipRole).toString(), letters);
    }

    void a_cell_of_results_is_no_html() {
        ResultTable table;
        table.setRows({{{u"Setting"_s, {}, false}}, {{{marked, 0}}}});
        QCOMPARE(table.data(table.index(0, 0), Qt::ToolTipRole).toString(), letters);
        QCOMPARE(table.data(table.index(0, 0), Qt::DisplayRole).toString(), marked);
    }

    void a_path_is_no_html() {
        PathField field(u"path"_s, {});
        field.setPath(marked);
        QCOMPARE(field.findChild<QLineEdit*>(u"path"_s)->toolTip(), letters);
    }
};

QTEST_MAIN(ToolTipsTest)
#include "tool_tips_test.moc"
