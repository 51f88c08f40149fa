// The playground's numbers: what is typed is what the model is asked with, or is refused in words.

#include "tests/ui/silent_engine.h"
#include "tests/ui/window_fixture.h"
#include "ui/playground/asked_rows.h"
#include "ui/playground/playground.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <algorithm>

using namespace lora;

class PlaygroundTest : public QObject {
    Q_OBJECT

    static void openData(const WindowFixture& at, const QString& path) {
        auto* field = at.find<QLineEdit>("data");
        field->selectAll();
        QTest::keyClicks(field, path);
        QTest::keyClick(field, Qt::Key_Return);
    }

    static Generate asked(const WindowFixture& at) {
        for (const Command& each : at.script->attempted())
            if (const auto* generate = std::get_if<Generate>(&each)) return *generate;
        return {};
    }

private Q_SLOTS:
    void numbers_go_to_the_model_as_they_were_typed() {
        const WindowFixture at;
        at.open();
        at.type("generation-temperature", u"0,715"_s);
        at.type("generation-max-new-tokens", u"2*8"_s);
        at.type("generation-seed", u"77"_s);

        at.click("generate");

        QTRY_COMPARE(asked(at).settings.max_new_tokens, 16);
        QCOMPARE(asked(at).settings.temperature, 0.715);
        QCOMPARE(asked(at).settings.seed, 77U);
    }

    void the_scale_is_an_adapters() {
        SilentEngine engine;
        Playground page(engine.link());
        page.setUsable(true, {});
        auto* scale = page.findChild<QAbstractSpinBox*>(u"generation-adapter-scale"_s);
        QVERIFY(!scale->isEnabled());
        engine.say(AdapterChanged{.name = "/runs/lamp", .targets = {"q_proj"}, .weights = true});
        QVERIFY(!scale->isEnabled()); // trained weights stand in place of the base's

        engine.say(AdapterChanged{.name = "/runs/lamp", .targets = {"q_proj"}});
        QVERIFY(scale->isEnabled());
        scale->selectAll();
        QTest::keyClicks(scale, u"2.5"_s);
        QVERIFY(!page.findChild<QPushButton*>(u"generate"_s)->isEnabled());
        scale->selectAll();
        QTest::keyClicks(scale, u"0,5"_s);
        page.findChild<QPushButton*>(u"generate"_s)->click();
        QCOMPARE(std::get<Generate>(engine.asked(1).back()).settings.adapter_scale, 0.5);
    }

    void all_settings_of_generating_have_a_field() {
        const WindowFixture at;
        at.open();
        for (const GenerationSetting& row : generation_settings())
            QVERIFY2(at.window->findChild<QWidget*>(u"generation-"_s + QString::fromStdString(row.option)),
                row.option.c_str());
        at.click("moreSampling");
        at.type("generation-top-k", u"40"_s);
        at.find<QWidget>("samplingPopup")->close(); // as a click beside it does
        QVERIFY(at.find<QAbstractButton>("moreSampling")->text().contains(u'1'));
        at.click("generate");
        QTRY_COMPARE(asked(at).settings.top_k, 40);
    }

    void what_is_no_number_stays_and_is_refused_in_words_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("name");
        QTest::newRow("letters") << QByteArray("generation-temperature") << u"warm"_s << u"Temperature"_s;
        QTest::newRow("below zero") << QByteArray("generation-temperature") << u"-1"_s << u"Temperature"_s;
        QTest::newRow("too many") << QByteArray("generation-max-new-tokens") << u"1e9"_s << u"Tokens"_s;
        QTest::newRow("a part of one") << QByteArray("generation-max-new-tokens") << u"1.5"_s << u"Tokens"_s;
        QTest::newRow("a seed below zero") << QByteArray("generation-seed") << u"-3"_s << u"Seed"_s;
    }

    void what_is_no_number_stays_and_is_refused_in_words() {
        QFETCH(QByteArray, field);
        QFETCH(QString, typed);
        QFETCH(QString, name);
        const WindowFixture at;
        at.open();
        QVERIFY(at.find<QPushButton>("generate")->isEnabled());

        at.type(field.constData(), typed);

        QCOMPARE(at.find<QAbstractSpinBox>(field.constData())->text(), typed);
        QVERIFY(!at.find<QPushButton>("generate")->isEnabled());
        const QString hint = at.find<QLabel>("playgroundHint")->text();
        QVERIFY2(hint.contains(name), qPrintable(hint));
    }

    void a_prompt_that_nobody_typed_follows_the_data() {
        const WindowFixture at;
        at.open();
        auto* prompt = at.find<QPlainTextEdit>("prompt");
        QVERIFY(prompt->toPlainText().contains(u"switch the light on"_s));

        openData(at, u"/data/mine.jsonl"_s);
        QTRY_COMPARE(prompt->toPlainText(), u"Switch the lamp in the hall off.\n"_s);

        prompt->selectAll();
        QTest::keyClicks(prompt, u"my own"_s);
        openData(at, u"/data/other.jsonl"_s);
        QTRY_VERIFY(at.can("start"));
        QCOMPARE(prompt->toPlainText(), u"my own"_s);
    }

    void a_row_is_taken_by_its_number_with_what_the_data_answer() {
        const WindowFixture at;
        at.open();
        at.type("rowNumber", u"2"_s);
        at.click("takeRow");
        QCOMPARE(at.find<QPlainTextEdit>("prompt")->toPlainText(), u"Close both blinds in the study\n"_s);
        QVERIFY(at.find<QLabel>("playgroundHint")->text().contains(u"close"_s));
        QVERIFY(at.find<QPushButton>("takeRow")->toolTip().contains(u"trained on"_s)); // none is held out

        QTest::keyClicks(at.find<QPlainTextEdit>("prompt"), u"?"_s);
        QVERIFY(!at.find<QLabel>("playgroundHint")->isVisible());

        at.type("rowNumber", u"3"_s); // there are two
        QVERIFY(!at.find<QPushButton>("takeRow")->isEnabled());
    }

    void rows_are_asked_in_the_form_of_their_data() {
        DatasetSummary chat;
        chat.preview = {{{"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", false},
            {"Hello<|im_end|>", true}, {"\n<|im_start|>user\nAnd?<|im_end|>", false}, {"Yes", true}}};
        QCOMPARE(askedRows(chat).at(0).prompt, u"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"_s);
        QCOMPARE(askedRows(chat).at(0).answer, u"Hello<|im_end|>"_s);

        DatasetSummary text;
        text.preview = {{{"one two three four five six seven eight nine ten", true}}, {{"short", true}}};
        QCOMPARE(askedRows(text).at(0).prompt, u"one two three four five"_s);
        QCOMPARE(askedRows(text).at(1).prompt, u"short"_s);

        DatasetSummary classes;
        classes.labels = {"no", "yes"};
        classes.preview = {{{"A good film.  ", false}, {"yes", true}}};
        QVERIFY(askedRows(classes).empty());
    }

    void what_stands_on_the_model_is_named_with_its_step() {
        SilentEngine engine;
        const Playground page(engine.link());
        engine.say(AdapterChanged{.name = "/runs/lamp/adapter", .targets = {"q_proj"}, .step = 30});
        const auto labels = page.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
            [](const QLabel* each) { return each->text() == u"lamp, step 30"_s; }));
    }

    void unloading_an_adapter_leaves_the_base_everywhere() {
        const WindowFixture at;
        at.open();
        QVERIFY(!at.can("unload"));
        QFile file(at.folder.path() + u"/adapter_config.json"_s);
        QVERIFY(file.open(QFile::WriteOnly));
        at.window->openPath(file.fileName());
        QTRY_VERIFY(at.can("unload"));
        QVERIFY(at.find<QWidget>("adaptedText")->isEnabled());

        at.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(at.window.get()));
        QTest::keyClick(at.window.get(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);

        QTRY_VERIFY(!at.find<QWidget>("adaptedText")->isEnabled());
        QVERIFY(at.find<QLabel>("laboratoryAdapter")->text().contains(u"No adapter is in place"_s));
        QVERIFY(!at.can("unload") && !at.can("saveAdapter"));
        at.click("generate");
        QTRY_VERIFY(!at.find<QPlainTextEdit>("baseText")->toPlainText().isEmpty());
        QVERIFY(at.find<QPlainTextEdit>("adaptedText")->toPlainText().isEmpty());
    }

    void nothing_is_unloaded_while_a_run_is_active() {
        const WindowFixture at;
        at.script->pause_at_step = 2;
        at.open();
        at.action("start")->trigger();
        QTRY_COMPARE(at.stateWord(), u"Paused"_s);
        QVERIFY(!at.can("unload"));
    }
};

QTEST_MAIN(PlaygroundTest)
#include "playground_test.moc"
