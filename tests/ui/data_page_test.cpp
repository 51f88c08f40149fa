// The page of the data: what it asks for, what it shows of the answers, and how one goes about in it.

#include "tests/ui/silent_engine.h"
#include "ui/data/chip.h"
#include "ui/data/data_page.h"
#include "ui/data/lengths_plot.h"
#include "ui/data/row_list.h"
#include "ui/data/token_chips.h"
#include "ui/elements/theme.h"
#include "ui/plots/plot.h"
#include "ui/plots/plot_frame.h"

#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTextEdit>
#include <QToolButton>
#include <algorithm>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

std::shared_ptr<SurveyCounts> someCounts(std::int64_t rows) {
    auto counts = std::make_shared<SurveyCounts>();
    counts->path = "/data/lamps.jsonl";
    counts->read_as = "JSON Lines, rows of 'prompt' and 'completion'";
    counts->max_length = 64;
    counts->rows = counts->samples = rows;
    counts->cut = 1;
    counts->tokens = 40 * rows;
    counts->learned_tokens = 12 * rows;
    counts->lengths = {{20, rows - 1}, {90, 1}};
    return counts;
}

RowHead headAt(std::int64_t index) {
    RowHead head;
    head.index = index;
    head.line = index + 1;
    head.place = "line " + std::to_string(index + 1);
    head.beginning = "Switch the lamp off";
    head.length = 20;
    head.learned = 12;
    return head;
}

RowShown shownAt(std::int64_t index, std::int64_t rows, RequestId request) {
    auto row = std::make_shared<ReadableRow>();
    row->head = headAt(index);
    row->tokens = {{1, "Switch", false, false, false}, {2, " it\n", false, false, false},
        {3, " off", true, false, false}, {4, "<|end|>", true, true, false}, {5, " gone", false, false, true}};
    auto around = std::make_shared<std::vector<RowHead>>();
    for (std::int64_t i = index / 50 * 50; i < std::min(rows, index / 50 * 50 + 50); ++i)
        around->push_back(headAt(i));
    return {row, around, {}, request};
}

/// A page in sight over an engine that says what the test says.
struct Seen {
    SilentEngine engine;
    DataPage page{engine.link()};

    Seen() {
        page.resize(900, 640);
        page.show();
    }
    static RunSettings setup(std::int64_t max_length = 64) {
        RunSettings settings;
        settings.model = "/models/tiny";
        settings.data.train = "/data/lamps.jsonl";
        settings.data.max_length = max_length;
        return settings;
    }
    template <class T>
    T* find(const char* name) const {
        T* found = page.findChild<T*>(QLatin1StringView(name));
        if (found == nullptr) qFatal("no widget is named %s", name);
        return found;
    }
    template <class C>
    std::vector<C> asked(std::size_t count) {
        std::vector<C> all;
        for (const Command& each : engine.asked(count))
            if (const auto* command = std::get_if<C>(&each)) all.push_back(*command);
        return all;
    }
    void click(const char* name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    /// Set up, counted, and the first row in sight: requests 1 and 2.
    void open(std::int64_t rows = 120) {
        page.setBase(setup());
        engine.asked(1);
        engine.say(DataSurveyed{someCounts(rows), AnswerState::Finished, 1, {}, {1}});
        engine.asked(2);
        engine.say(shownAt(0, rows, {2}));
    }
};

} // namespace

class DataPageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_the_set_up_has_is_counted_once_and_anew_when_it_changes() {
        Seen at;
        at.page.setBase(Seen::setup());
        const auto first = at.asked<SurveyData>(1);
        QCOMPARE(first.back().model, std::string("/models/tiny"));
        QCOMPARE(first.back().data.max_length, 64);
        at.page.setBase(Seen::setup());
        at.page.setBase(Seen::setup(8));
        at.page.setBase(Seen::setup(32)); // typed key by key: one question
        const auto all = at.asked<SurveyData>(2);
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all.back().data.max_length, 32);
    }

    void a_page_that_nobody_looks_at_asks_for_nothing() {
        Seen at;
        at.page.hide();
        at.page.setBase(Seen::setup());
        QTest::qWait(400);
        QVERIFY(at.engine.asked(0).empty());
        at.page.show();
        QCOMPARE(at.asked<SurveyData>(1).size(), std::size_t(1));
    }

    void an_empty_page_says_what_to_do() {
        Seen at;
        QVERIFY(at.find<TokenChips>("tokenChips")->accessibleDescription().contains(u"model"_s));
        RunSettings settings;
        settings.model = "/models/tiny";
        at.page.setBase(settings);
        QTRY_VERIFY(at.find<TokenChips>("tokenChips")->accessibleDescription().contains(u"dataset"_s));
        for (const char* name : {"goToLongest", "nextCut", "surveyStop", "surveyAgain", "findNext"})
            QVERIFY2(!at.find<QPushButton>(name)->isEnabled(), name);
    }

    void counts_stand_as_sentences_and_the_first_row_is_shown() {
        Seen at;
        at.open();
        const QString words = at.find<QLabel>("surveySentences")->text();
        QVERIFY2(
            words.contains(u"120 rows read"_s) && words.contains(u"1 sample is cut"_s), qPrintable(words));
        QVERIFY(at.find<QLabel>("rowHead")->text().contains(u"line 1"_s));
        QCOMPARE(at.find<QTableView>("rowTable")->model()->rowCount(), 50);
        QVERIFY(at.find<QPushButton>("nextCut")->isEnabled());
        QVERIFY(!at.find<QPushButton>("nextLeftOut")->isEnabled());
    }

    void an_older_questions_answers_are_passed_over() {
        Seen at;
        at.open();
        at.engine.say(DataSurveyed{someCounts(7), AnswerState::Finished, 1, {}, {99}});
        at.engine.say(shownAt(5, 120, {1}));
        QVERIFY(at.find<QLabel>("surveySentences")->text().contains(u"120 rows"_s));
        QVERIFY(at.find<QLabel>("rowHead")->text().contains(u"line 1"_s));
    }

    void a_fault_stands_in_the_words_of_the_window() {
        Seen at;
        at.page.setBase(Seen::setup());
        at.engine.asked(1);
        at.engine.say(DataSurveyed{nullptr, AnswerState::Stopped, 0,
            "lamps.jsonl: line 3: found nothing; raise {data.max_length}", {1}});
        const QString fault = at.find<QLabel>("surveyFault")->text();
        QVERIFY2(fault.contains(u"line 3"_s) && !fault.contains(u'{'), qPrintable(fault));
        QVERIFY(at.find<QPushButton>("surveyAgain")->isEnabled());
        at.click("surveyAgain");
        QCOMPARE(at.asked<SurveyData>(2).size(), std::size_t(2));
    }

    void a_fault_before_the_first_row_stands_alone() {
        Seen at;
        at.page.setBase(Seen::setup());
        at.engine.asked(1);
        auto none = std::make_shared<SurveyCounts>();
        none->path = "/data/lamps.csv";
        at.engine.say(
            DataSurveyed{none, AnswerState::Stopped, 0, "lamps.csv: line 2: found the column 'ask'", {1}});
        QVERIFY(at.find<QLabel>("surveyFault")->text().contains(u"'ask'"_s));
        QCOMPARE(at.find<QLabel>("surveySentences")->text(), QString());
    }

    void counting_shows_its_progress_and_can_be_stopped() {
        Seen at;
        at.page.setBase(Seen::setup());
        at.engine.asked(1);
        at.engine.say(DataSurveyed{someCounts(40), AnswerState::UnderWay, 0.25, {}, {1}});
        const auto* bar = at.find<QProgressBar>("surveyProgress");
        QVERIFY(bar->isVisible());
        QCOMPARE(4 * bar->value(), bar->maximum());
        QVERIFY(at.find<QLabel>("surveySentences")->text().contains(u"So far"_s));
        at.click("surveyStop");
        QCOMPARE(at.asked<StopSurvey>(3).size(), std::size_t(1));
        at.engine.say(DataSurveyed{someCounts(40), AnswerState::Stopped, 0.25, {}, {1}});
        QVERIFY(!bar->isVisible());
    }

    void buttons_go_to_what_is_worth_a_look_data() {
        QTest::addColumn<QByteArray>("button");
        QTest::addColumn<int>("by");
        QTest::newRow("longest") << QByteArray("goToLongest") << int(ShowRow::By::Longest);
        QTest::newRow("cut") << QByteArray("nextCut") << int(ShowRow::By::Cut);
    }
    void buttons_go_to_what_is_worth_a_look() {
        QFETCH(QByteArray, button);
        QFETCH(int, by);
        Seen at;
        at.open();
        at.click(button.constData());
        const ShowRow asked = at.asked<ShowRow>(3).back();
        QCOMPARE(int(asked.by), by);
        QCOMPARE(asked.number, 0);
        at.engine.say(shownAt(70, 120, {3}));
        QVERIFY(at.find<QLabel>("rowHead")->text().contains(u"line 71"_s));
        QVERIFY(at.find<QLabel>("blockWhere")->text().contains(u"51–100 of 120"_s));
        QCOMPARE(at.find<QTableView>("rowTable")->currentIndex().row(), 20);
    }

    void words_are_found_with_the_keyboard_alone() {
        Seen at;
        at.open();
        QVERIFY(QTest::qWaitForWindowActive(&at.page));
        QTest::keyClick(&at.page, Qt::Key_F, Qt::ControlModifier);
        auto* words = at.find<QLineEdit>("findWords");
        QTRY_VERIFY(words->hasFocus());
        QTest::keyClicks(words, u"lamp"_s);
        QTest::keyClick(words, Qt::Key_Return);
        const ShowRow asked = at.asked<ShowRow>(3).back();
        QCOMPARE(asked.by, ShowRow::By::Text);
        QCOMPARE(asked.words, std::string("lamp"));
        at.engine.say(RowSought{40, 120, {3}});
        QVERIFY(at.find<QLabel>("findWord")->text().contains(u"40 of 120"_s));
        at.engine.say(RowShown{nullptr, nullptr, {}, {3}});
        QVERIFY(at.find<QLabel>("findWord")->text().contains(u"Not found"_s));
        QVERIFY(at.find<QLabel>("rowHead")->text().contains(u"line 1"_s)); // what was there stays
    }

    void a_line_is_gone_to() {
        Seen at;
        at.open();
        auto* line = at.find<QAbstractSpinBox>("goToLine");
        line->selectAll();
        QTest::keyClicks(line, u"77"_s);
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(at.asked<ShowRow>(3).back().number, 77);
        QCOMPARE(at.asked<ShowRow>(3).back().by, ShowRow::By::Line);
    }

    void the_line_field_says_the_line_of_the_row_in_sight_unless_one_is_typed() {
        Seen at;
        at.open();
        auto* line = at.find<QAbstractSpinBox>("goToLine");
        auto* table = at.find<QTableView>("rowTable");
        QTest::keyClick(table, Qt::Key_Down);
        at.asked<ShowRow>(3);
        at.engine.say(shownAt(1, 120, {3}));
        QCOMPARE(line->text(), u"2"_s);

        line->selectAll();
        QTest::keyClicks(line, u"77"_s);
        QTest::keyClick(table, Qt::Key_Down);
        at.asked<ShowRow>(4);
        at.engine.say(shownAt(2, 120, {4}));
        QCOMPARE(line->text(), u"77"_s);

        QTest::keyClick(line, Qt::Key_Return);
        at.asked<ShowRow>(5);
        at.engine.say(shownAt(78, 120, {5})); // the next row behind it
        QCOMPARE(line->text(), u"79"_s);
    }

    void arrows_go_from_row_to_row_and_on_to_the_next_block() {
        Seen at;
        at.open();
        auto* table = at.find<QTableView>("rowTable");
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(at.asked<ShowRow>(3).back().number, 1);
        at.engine.say(shownAt(49, 120, {3}));
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(at.asked<ShowRow>(4).back().number, 50);
        at.engine.say(shownAt(50, 120, {4}));
        QTest::keyClick(table, Qt::Key_Up);
        QCOMPARE(at.asked<ShowRow>(5).back().number, 49);
    }

    void chips_are_chosen_by_mouse_and_keys_and_told_in_words() {
        Seen at;
        at.open();
        QVERIFY(QTest::qWaitForWindowActive(&at.page));
        auto* chips = at.find<TokenChips>("tokenChips");
        QTest::mouseClick(chips->viewport(), Qt::LeftButton, {}, chips->placeOf(2).center());
        QCOMPARE(chips->current(), 2);
        const QString sentence = at.find<QLabel>("tokenSentence")->text();
        QVERIFY2(sentence.contains(u"3 of 5"_s) && sentence.contains(u"learned"_s), qPrintable(sentence));
        QCOMPARE(chips->accessibleDescription(), sentence);
        QTest::keyClick(chips, Qt::Key_Right);
        QVERIFY(chips->accessibleDescription().contains(u"special"_s));
        QTest::keyClick(chips, Qt::Key_End);
        QVERIFY(chips->accessibleDescription().contains(u"cut off"_s));
        QTest::keyClick(chips, Qt::Key_Up); // the line above ends with the line break
        QVERIFY(chips->current() < 2);
        QTest::keyClick(chips, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"Switch it\n off<|end|> gone"_s);
    }

    void the_text_reads_as_it_is_fed() {
        Seen at;
        at.open();
        at.find<QTabWidget>("rowTabs")->setCurrentIndex(1);
        QCOMPARE(at.find<QTextEdit>("rowText")->toPlainText(), u"Switch it\n off<|end|> gone"_s);
    }

    void lengths_beyond_the_limit_are_columns_of_their_own() {
        SurveyCounts counts;
        counts.max_length = 10;
        counts.lengths = {{3, 5}, {10, 2}, {11, 1}, {40, 4}};
        const LengthColumns columns = lengthColumns(counts, 8);
        QCOMPARE(columns.width, 6);
        QCOMPARE(columns.within, (std::vector<std::int64_t>{5, 2, 0, 0, 0, 0, 0}));
        QCOMPARE(columns.beyond, (std::vector<std::int64_t>{0, 1, 0, 0, 0, 0, 4}));
        QVERIFY(lengthColumns({}, 8).within.empty());
    }

    void evaluation_data_can_be_chosen_where_there_are_some() {
        Seen at;
        at.open();
        auto* which = at.find<QComboBox>("surveyWhich");
        QVERIFY(!which->isEnabled());
        RunSettings settings = Seen::setup();
        settings.data.eval = "/data/held.jsonl";
        at.page.setBase(settings);
        QVERIFY(which->isEnabled());
        at.engine.asked(3);
        QTest::keyClick(which, Qt::Key_Down);
        QVERIFY(at.asked<SurveyData>(4).back().evaluation);
    }

    void every_control_has_a_name_and_a_tip_and_takes_the_keyboard() {
        const Seen at;
        for (const char* name :
            {"surveyWhich", "surveyStop", "surveyAgain", "findWords", "findNext", "goToLongest", "nextCut",
                "nextLeftOut", "nextRepeated", "goToLine", "blockBefore", "blockBehind", "rowText"}) {
            const auto* control = at.find<QWidget>(name);
            const auto* button = qobject_cast<const QAbstractButton*>(control);
            QVERIFY2(!control->toolTip().isEmpty(), name);
            QVERIFY2(!control->accessibleName().isEmpty() || (button && !button->text().isEmpty()), name);
            QVERIFY2((control->focusPolicy() & Qt::TabFocus) != 0, name);
        }
        for (const char* name : {"tokenChips", "rowTable"}) {
            QVERIFY2(!at.find<QWidget>(name)->toolTip().isEmpty(), name);
            QVERIFY2(!at.find<QWidget>(name)->accessibleName().isEmpty(), name);
            QVERIFY2((at.find<QWidget>(name)->focusPolicy() & Qt::TabFocus) != 0, name);
        }
    }

    void what_is_learned_differs_from_what_is_read_without_colours() {
        const auto drawn = [](const ChipState& state) {
            QImage image(80, 30, QImage::Format_ARGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            paintChip(painter, {2, 2, 70, 24}, u"token"_s, state, lightPalette());
            painter.end();
            return image.convertToFormat(QImage::Format_Mono, Qt::MonoOnly | Qt::ThresholdDither);
        };
        const QImage read = drawn({});
        QVERIFY(drawn({.learned = true}) != read);
        QVERIFY(drawn({.special = true}) != read);
        QVERIFY(drawn({.cutOff = true}) != read);
    }
};

QTEST_MAIN(DataPageTest)
#include "data_page_test.moc"
