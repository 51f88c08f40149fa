// The page of answers: before beside after, one prompt through time, and the confusion of labels.

#include "tests/ui/silent_engine.h"
#include "ui/answers/answers_page.h"

#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

AnswersGiven given(std::int64_t step, const std::string& first, const std::string& second) {
    const AnswersRecord record{step, {{"Switch it on.", first, "on"}, {"Who are you?", second}}};
    return {RunId{}, std::make_shared<const AnswersRecord>(record)};
}

QStringList rowOf(const QTableView& view, int row) {
    QStringList cells;
    for (int column = 0; column < view.model()->columnCount(); ++column)
        cells << view.model()->index(row, column).data().toString();
    return cells;
}

EvaluationRecord evaluated(std::int64_t step, std::vector<std::vector<std::int64_t>> confusion) {
    EvaluationRecord record{.step = step, .loss = 0.5, .perplexity = 1.6, .learned_tokens = 10};
    record.accuracy = static_cast<double>(confusion[0][0] + confusion[1][1]) / 10;
    record.confusion = std::move(confusion);
    return record;
}

} // namespace

class AnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void an_empty_page_says_how_it_is_filled() {
        SilentEngine engine;
        const AnswersPage page(engine.link());
        const auto* shown = page.findChild<QStackedWidget*>()->currentWidget();
        const auto* words = shown->findChild<QLabel*>(u"answersEmpty"_s);
        QVERIFY(words && words->text().contains(u"Answer held-out rows"_s));
    }

    void an_empty_page_shows_all_of_its_words_at_any_width() {
        SilentEngine engine;
        AnswersPage page(engine.link());
        const auto* words = page.findChild<QLabel*>(u"answersEmpty"_s);
        for (const int width : {480, 1280, 2560}) {
            page.resize(width, 600);
            page.show();
            QCoreApplication::processEvents();
            QVERIFY2(
                words->height() >= words->heightForWidth(words->width()), qPrintable(QString::number(width)));
        }
    }

    void an_empty_page_asks_the_next_run_by_one_button() {
        SilentEngine engine;
        AnswersPage page(engine.link());
        const QSignalSpy wanted(&page, &AnswersPage::answersWanted);
        auto* button = page.findChild<QPushButton*>(u"wantAnswers"_s);
        button->click();
        QCOMPARE(wanted.size(), 1);

        RunSettings asked;
        asked.answers.rows = 8;
        page.setBase(asked);
        QVERIFY(button->isHidden());
        QVERIFY(page.findChild<QLabel*>(u"answersEmpty"_s)->text().contains(u"next run"_s));
    }

    void the_first_answer_stands_beside_the_last_with_what_the_data_say() {
        SilentEngine engine;
        const AnswersPage page(engine.link());
        engine.say(given(0, "I cannot", "A model"));
        engine.say(given(10, "o", "A lamp"));
        engine.say(given(20, "on ", "Lamp"));
        const auto& view = *page.findChild<QTableView*>(u"answersBeforeAfter"_s);
        QCOMPARE(rowOf(view, 0), (QStringList{u"Switch it on."_s, u"on"_s, u"I cannot"_s, u"✓ on"_s}));
        QCOMPARE(rowOf(view, 1), (QStringList{u"Who are you?"_s, QString(), u"A model"_s, u"Lamp"_s}));
        const QString headline = page.findChild<QLabel*>(u"answersHeadline"_s)->text();
        QVERIFY2(headline.startsWith(u"1 of 1"_s) && headline.contains(u"0 were"_s), qPrintable(headline));
    }

    void one_prompt_is_followed_through_time() {
        SilentEngine engine;
        const AnswersPage page(engine.link());
        engine.say(given(0, "I cannot", "A model"));
        engine.say(given(10, "o", "A lamp"));
        page.findChild<QTableView*>(u"answersBeforeAfter"_s)->selectRow(1);
        engine.say(given(20, "on", "Lamp")); // and the selection stays
        const auto& view = *page.findChild<QTableView*>(u"answersThroughTime"_s);
        QCOMPARE(rowOf(view, 0), (QStringList{u"0"_s, u"A model"_s}));
        QCOMPARE(rowOf(view, 2), (QStringList{u"20"_s, u"Lamp"_s}));
    }

    void a_run_that_is_opened_again_shows_what_it_answered() {
        SilentEngine engine;
        const AnswersPage page(engine.link());
        engine.say(given(5, "of another run", ""));
        RunRecord record;
        record.answers = {*given(0, "no", "").record, *given(9, "on", "").record};
        engine.say(RunOpened{std::make_shared<const RunRecord>(record)});
        const auto& view = *page.findChild<QTableView*>(u"answersBeforeAfter"_s);
        QCOMPARE(rowOf(view, 0).mid(2), (QStringList{u"no"_s, u"✓ on"_s}));
    }

    void an_answer_that_is_told_again_takes_its_place() {
        AnswersHistory history;
        history.add(*given(0, "a", "").record);
        history.add(*given(8, "b", "").record);
        history.add(*given(4, "c", "").record);
        history.add(*given(4, "d", "").record);
        const ResultRows rows = history.throughTime(0);
        QCOMPARE(rows.rows.size(), std::size_t{3});
        QCOMPARE(rows.rows[1][1].text, u"d"_s);
    }

    void labels_and_what_they_were_taken_for() {
        AnswersHistory history;
        history.setLabels({"cat", "dog"});
        history.add(evaluated(0, {{3, 3}, {4, 0}}));
        history.add(evaluated(6, {{6, 0}, {1, 3}}));
        const ResultRows last = history.confusion(/*last=*/true);
        QCOMPARE(last.columns[2].name, u"dog"_s);
        QCOMPARE(last.rows[1][0].text, u"dog"_s);
        QCOMPARE(last.rows[1][1].text, u"1"_s);
        QCOMPARE(last.rows[1][3].text, u"75.0 %"_s);
        QVERIFY(history.headline().startsWith(u"90.0 %"_s));
        QVERIFY(history.headline().contains(u"30.0 % before the first step"_s));
    }
};

QTEST_MAIN(AnswersTest)
#include "answers_test.moc"
