// Where the engine works, chosen and told as a person does; an engine that cannot be reached leaves the
// window usable.

#include "tests/ui/window_fixture.h"
#include "ui/window/host_dialog.h"
#include "ui/window/where_list.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

using namespace lora;
using namespace Qt::StringLiterals;

class WhereTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hosts_are_kept_and_those_that_ssh_would_misunderstand_are_left_out() {
        QSettings().clear();
        QSettings kept;
        keepHosts(kept, {{u"me@box"_s}, {u"node"_s, u"srun --gpus 1 lora serve"_s}, {u"-oProxyCommand=x"_s}});
        const auto hosts = engineHosts(kept);
        QCOMPARE(hosts.size(), std::size_t{2});
        QCOMPARE(hosts[1].command, u"srun --gpus 1 lora serve"_s);
        QVERIFY(!placeOf({}, hosts, {}));
        QVERIFY(!placeOf(u"host:gone"_s, hosts, {}));
        QCOMPARE(placeOf(u"host:node"_s, hosts, {})->words.back(), std::string("srun --gpus 1 lora serve"));
        QVERIFY(placeOf(u"own"_s, hosts, u"/bin/lora"_s)->is_here);
    }

    void what_the_engine_finds_to_run_on_is_offered_as_soon_as_it_tells() {
        Devices found;
        found.found = {{"cpu", "A processor", 0}, {"cuda:0", "A card", 0}};
        const auto fake = std::make_shared<FakeScript>();
        const WindowFixture fixture(
            [=](Emit emit) {
                emit(DevicesFound{found});
                return fake_work(std::move(emit), fake);
            },
            {});
        auto* devices = fixture.find<QComboBox>("device");
        QTRY_COMPARE(devices->count(), 3);
        QCOMPARE(devices->itemData(2).toString(), u"cuda:0"_s);
        QCOMPARE(devices->currentData().toString(), u"auto"_s);
    }

    void an_engine_that_cannot_start_is_told_and_the_window_works_on() {
        WindowFixture fixture;
        fixture.open();
        fixture.action("where-own")->trigger(); // the fixture's window has no command
        QTRY_VERIFY(fixture.isTold(u"could not be reached"_s));
        QCOMPARE(fixture.stateWord(), u"No model"_s);
        QVERIFY(fixture.isTold(u"What was open here is open no more"_s));
        fixture.action("where-here")->trigger();
        QTRY_VERIFY(fixture.can("start")); // the set-up's model is open again
        QVERIFY(fixture.action("where-here")->isChecked());
        QVERIFY(!fixture.isTold(u"could not be reached"_s));
    }

    void a_run_in_the_window_keeps_its_engine() {
        WindowFixture fixture;
        fixture.script->total_steps = 100'000;
        fixture.script->step_wait_ms = 5;
        fixture.open();
        fixture.action("start")->trigger();
        QTRY_VERIFY(fixture.can("stop"));
        QVERIFY(!fixture.can("where-own"));
        fixture.action("stop")->trigger();
        QTRY_VERIFY(fixture.can("where-own"));
    }

    void a_machine_is_added_and_offered() {
        WindowFixture fixture;
        fixture.action("addHost")->trigger();
        auto* dialog = fixture.find<HostDialog>("hostDialog");
        fixture.find<QLineEdit>("hostName")->setText(u"-box"_s);
        QPushButton* add = dialog->findChildren<QPushButton*>().constLast();
        for (QPushButton* each : dialog->findChildren<QPushButton*>())
            if (each->text() == u"Add"_s) add = each;
        QVERIFY(!add->isEnabled());
        fixture.find<QLineEdit>("hostName")->setText(u"box"_s);
        add->click();
        QTRY_VERIFY(fixture.window->findChild<QAction*>(u"where-host:box"_s));
        QCOMPARE(engineHosts(QSettings()).size(), std::size_t{1});
    }
};

QTEST_MAIN(WhereTest)
#include "where_test.moc"
