// What can be done in which state of the engine.

#include "ui/elements/enabled_actions.h"

#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

/// All that is set, as a person would list it.
static QStringList enabled(EngineState state, const SetupStatus& setup) {
    const EnabledActions a = enabledActions(state, setup);
    QStringList names;
    const std::pair<bool, const char*> all[] = {{a.openModel, "open model"}, {a.openDataset, "open dataset"},
        {a.loadAdapter, "load adapter"}, {a.unload, "unload"}, {a.saveAdapter, "save adapter"},
        {a.openRun, "open run"}, {a.start, "start"}, {a.pause, "pause"}, {a.resume, "resume"},
        {a.stop, "stop"}, {a.saveNow, "save now"}, {a.generate, "generate"}, {a.analyse, "analyse"},
        {a.editSetup, "edit"}, {a.planNext, "plan"}, {a.enqueue, "queue"}};
    for (const auto& [on, name] : all)
        if (on) names << QString::fromLatin1(name);
    return names;
}

class EnabledActionsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void each_state_allows_what_makes_sense_in_it_data() {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, EngineState state, const char* expected) {
            QTest::newRow(name) << static_cast<int>(state) << QString::fromLatin1(expected);
        };
        row("empty", EngineState::Empty, "open model, open dataset, open run, edit");
        row("loading", EngineState::Loading, "open model, open dataset, open run, edit");
        row("ready", EngineState::Ready,
            "open model, open dataset, load adapter, unload, save adapter, open run, start, generate, "
            "analyse, edit, queue");
        row("running", EngineState::Running, "pause, stop, save now, plan, queue");
        row("paused", EngineState::Paused,
            "save adapter, resume, stop, save now, generate, analyse, plan, queue");
        row("stopping", EngineState::Stopping, "plan, queue");
        row("failed", EngineState::Failed,
            "open model, open dataset, load adapter, unload, save adapter, open run, start, save now, "
            "generate, analyse, edit, queue");
    }

    void each_state_allows_what_makes_sense_in_it() {
        QFETCH(int, state);
        QFETCH(QString, expected);
        const SetupStatus all_there{.dataset = true, .targets = true, .sound = true, .adapter = true};
        QCOMPARE(enabled(static_cast<EngineState>(state), all_there).join(u", "_s), expected);
    }

    void a_start_needs_data_targets_and_sound_settings_data() {
        QTest::addColumn<bool>("dataset");
        QTest::addColumn<bool>("targets");
        QTest::addColumn<bool>("sound");
        QTest::newRow("no data") << false << true << true;
        QTest::newRow("no targets") << true << false << true;
        QTest::newRow("faults") << true << true << false;
    }

    void a_start_needs_data_targets_and_sound_settings() {
        QFETCH(bool, dataset);
        QFETCH(bool, targets);
        QFETCH(bool, sound);
        const SetupStatus setup{.dataset = dataset, .targets = targets, .sound = sound};
        QVERIFY(!enabledActions(EngineState::Ready, setup).start);
        QVERIFY(!startHint(EngineState::Ready, setup).isEmpty());
    }

    void an_opened_run_can_be_resumed_without_a_start() {
        const SetupStatus setup{.resumable = true};
        QVERIFY(enabledActions(EngineState::Ready, setup).resume);
        QVERIFY(!enabledActions(EngineState::Running, setup).resume);
    }

    void what_is_not_there_cannot_be_unloaded() {
        QVERIFY(!enabledActions(EngineState::Ready, {}).unload);
        QVERIFY(enabledActions(EngineState::Ready, {.weights = true}).unload);
    }

    void a_classifier_cannot_be_talked_to_and_says_why() {
        const SetupStatus setup{.classifier = true};
        QVERIFY(!enabledActions(EngineState::Ready, setup).generate);
        QVERIFY(talkHint(EngineState::Ready, setup).contains("classifier"_L1));
        QVERIFY(talkHint(EngineState::Ready, {}).isEmpty());
    }

    void leaving_asks_only_where_a_run_would_be_lost() {
        for (const EngineState state : {EngineState::Running, EngineState::Paused, EngineState::Stopping})
            QVERIFY(isRunActive(state));
        for (const EngineState state : {EngineState::Empty, EngineState::Loading, EngineState::Ready})
            QVERIFY(!isRunActive(state));
    }
};

QTEST_GUILESS_MAIN(EnabledActionsTest)
#include "enabled_actions_test.moc"
