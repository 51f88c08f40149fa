// When a run is told that its memory nears the end, and when not.

#include "engine/measures/memory_health.h"

#include <QTest>
#include <limits>

using namespace lora;

class MemoryHealthTest : public QObject {
    Q_OBJECT

    static constexpr qint64 gigabyte = 1'000'000'000;

private Q_SLOTS:
    void it_is_told_where_less_than_a_twentieth_of_what_is_held_is_free_data() {
        QTest::addColumn<qint64>("held");
        QTest::addColumn<qint64>("free");
        QTest::addColumn<bool>("told");
        QTest::newRow("room for more") << 6 * gigabyte << 2 * gigabyte << false;
        QTest::newRow("a twentieth") << 6 * gigabyte << 3 * gigabyte / 10 << false;
        QTest::newRow("less") << 6 * gigabyte << 29 * gigabyte / 100 << true;
        QTest::newRow("nothing") << 6 * gigabyte << qint64{0} << true;
        QTest::newRow("a small run") << gigabyte / 2 << gigabyte / 10 << false;
        QTest::newRow("unknown") << 6 * gigabyte << std::numeric_limits<qint64>::max() << false;
    }
    void it_is_told_where_less_than_a_twentieth_of_what_is_held_is_free() {
        QFETCH(qint64, held);
        QFETCH(qint64, free);
        QFETCH(bool, told);
        MemoryHealth health;
        QCOMPARE(health.add_step(3, held, free).has_value(), told);
    }

    void it_is_told_once_with_both_sizes() {
        MemoryHealth health;
        const auto alarm = health.add_step(7, 6 * gigabyte, gigabyte / 10);
        QVERIFY(alarm && alarm->kind == AlarmKind::MemoryNearEnd && alarm->step == 7);
        QCOMPARE(alarm->sentence,
            std::string("Memory is nearly used up: 6.00 GB are held and 100 MB are free after step 7."));
        QVERIFY(!is_advice(alarm->kind));
        QVERIFY(!health.add_step(8, 6 * gigabyte, 0));
    }
};

QTEST_APPLESS_MAIN(MemoryHealthTest)
#include "memory_health_test.moc"
