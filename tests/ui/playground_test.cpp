// The playground's numbers: what is typed is what the model is asked with, or is refused in words.

#include "tests/ui/silent_engine.h"
#include "tests/ui/window_fixture.h"
#include "ui/playground/asked_rows.h"
#include "ui/playground/playground.h"

#include <QCheckBox>
#include <QHelpEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolTip>
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

    void a_chat_goes_on_until_another_one_is_begun() {
        SilentEngine engine;
        Playground page(engine.link());
        page.setUsable(true, {});
        engine.say(AdapterChanged{.name = "/runs/lamp", .targets = {"q_proj"}});
        auto* chat = page.findChild<QCheckBox*>(u"chat"_s);
        auto* prompt = page.findChild<QPlainTextEdit*>(u"prompt"_s);
        auto* system = page.findChild<QLineEdit*>(u"systemPrompt"_s);
        auto* base = page.findChild<QPlainTextEdit*>(u"baseText"_s);
        chat->setChecked(true);
        QVERIFY(!system->isHidden());
        QTest::keyClicks(system, u"Be brief."_s);
        const auto say = [&](const QString& words, std::size_t count) {
            prompt->selectAll();
            QTest::keyClicks(prompt, words);
            page.findChild<QPushButton*>(u"generate"_s)->click();
            return std::get<Generate>(engine.asked(count).back());
        };
        const auto answer = [&](std::int64_t pane, const char* text) {
            engine.answer(TextGenerated{.pane = pane, .text = text, .tokens = {}});
            engine.answer(GenerationEnded{.pane = pane});
        };

        QVERIFY(say(u"Hello"_s, 1).before.empty());
        answer(base_pane, "I am the base.");
        answer(adapted_pane, "I am adapted.");
        const Generate second = say(u"And?"_s, 2);
        QCOMPARE(second.prompt, std::string("And?"));
        QCOMPARE(second.system, std::string("Be brief."));
        QCOMPARE(second.before.size(), std::size_t{1});
        QCOMPARE(second.before[0].said, std::string("Hello"));
        QCOMPARE(second.before[0].answers, (std::vector<std::string>{"I am the base.", "I am adapted."}));
        QCOMPARE(base->toPlainText(), u"Hello\nI am the base.\n\nAnd?\n"_s);
        answer(base_pane, "So.");
        answer(adapted_pane, "So.");

        page.findChild<QPushButton*>(u"newChat"_s)->click();
        QVERIFY(base->toPlainText().isEmpty());
        QVERIFY(say(u"Again"_s, 3).before.empty());
    }

    void a_turn_that_was_refused_was_not_said() {
        SilentEngine engine;
        Playground page(engine.link());
        page.setUsable(true, {});
        page.findChild<QCheckBox*>(u"chat"_s)->setChecked(true);
        auto* generate = page.findChild<QPushButton*>(u"generate"_s);
        generate->click();
        QCOMPARE(engine.asked(1).size(), std::size_t{1});
        engine.refuse("no chat template");
        generate->click();
        QVERIFY(std::get<Generate>(engine.asked(2).back()).before.empty());
    }

    void further_adapters_answer_in_panes_of_their_own() {
        const WindowFixture at;
        at.open();
        auto* page = at.find<Playground>("playground");
        page->addBeside(u"/runs/lamp/adapter"_s);
        page->addBeside(u"/runs/lamp/adapter"_s); // once is enough
        page->addBeside(u"/runs/blinds/adapter"_s);
        QCOMPARE(page->findChildren<AnswerText*>(u"besideText"_s).size(), 2);

        at.click("generate");
        const auto texts = page->findChildren<AnswerText*>(u"besideText"_s);
        QTRY_COMPARE(texts[0]->toPlainText(), u"Another answer."_s);
        QTRY_COMPARE(texts[1]->toPlainText(), u"Another answer."_s);
        QCOMPARE(asked(at).beside, (std::vector<std::string>{"/runs/lamp/adapter", "/runs/blinds/adapter"}));

        at.click("removeBeside");
        QTRY_COMPARE(page->findChildren<AnswerText*>(u"besideText"_s).size(), 1);
        page->addBeside(u"/runs/a"_s);
        page->addBeside(u"/runs/b"_s);
        QVERIFY(!at.find<QWidget>("addBeside")->isEnabled()); // there is no room for more
    }

    void a_word_tells_how_likely_it_was_beneath_the_pointer_and_at_the_caret() {
        AnswerText text;
        text.addQuestion(u"Hello"_s);
        text.add(u"The"_s, {{{"The", 0.75}, {{"The", 0.75}, {" <a>", 0.125}, {"\n", 0.0001}}}});
        text.add(u" lamp"_s, {{{" lamp", 0.5}, {{" lamp", 0.5}}}});
        QVERIFY(text.chancesAt(2).isEmpty()); // the question
        QVERIFY(text.chancesAt(6).contains(u"<b>The</b> 75.0 %"_s));
        QVERIFY(text.chancesAt(8).contains(u"␣&lt;a&gt;"_s)); // letter by letter, white space seen
        QVERIFY(text.chancesAt(8).contains(u"⏎"_s) && text.chancesAt(8).contains(u"&lt; 0.1 %"_s));
        QVERIFY(text.chancesAt(9).contains(u"<b>␣lamp</b> 50.0 %"_s));
        QVERIFY(text.chancesAt(14).isEmpty());

        text.resize(400, 200);
        text.show();
        QVERIFY(QTest::qWaitForWindowExposed(&text));
        QTextCursor caret = text.textCursor();
        caret.setPosition(8);
        text.setTextCursor(caret);
        QTest::keyClick(&text, Qt::Key_Right);
        QTRY_VERIFY(QToolTip::text().contains(u"50.0 %"_s));
        QToolTip::hideText();

        caret.setPosition(7);
        const QRect letter = text.cursorRect(caret);
        const QPoint place = letter.center() + QPoint(3, 0);
        QHelpEvent help(QEvent::ToolTip, place, text.viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(text.viewport(), &help);
        QTRY_VERIFY(QToolTip::text().contains(u"75.0 %"_s));
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
