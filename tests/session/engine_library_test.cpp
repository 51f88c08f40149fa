// The engine as a library, loaded by a program that links none of it, as the window is one.

#include "app/open_engine.h"
#include "engine/machine/device_info.h"

#include <QtTest>
#include <optional>

using namespace lora;

namespace {

/// The first event of its kind, waited for.
template <class E>
std::optional<E> await(Worker& worker) {
    for (int turns = 0; turns < 6000; ++turns) {
        for (const Event& event : worker.drain())
            if (const auto* each = std::get_if<E>(&event)) return *each;
        QTest::qWait(10);
    }
    return std::nullopt;
}

} // namespace

class EngineLibraryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void it_tells_first_what_there_is_to_run_on() {
        Worker worker(open_engine);
        const auto told = await<DevicesFound>(worker);
        QVERIFY(told);
        const Devices alone = processor_alone();
        QCOMPARE(told->devices.found.front().id, alone.found.front().id);
        QCOMPARE(told->devices.cores, alone.cores);
        QCOMPARE(told->devices.why_no_gpu.empty(), told->devices.found.size() > 1);
    }

    void what_it_throws_arrives_as_it_was_thrown() {
        Worker worker(open_engine);
        worker.post(LoadModel{"no/such/model", "cpu", NumberType::Float32, QuantizedWeights::Packed});
        const auto refused = await<Refused>(worker);
        QVERIFY(refused);
        QVERIFY2(
            std::string(refused->why.what()).find("no/such/model") != std::string::npos, refused->why.what());
    }
};

QTEST_GUILESS_MAIN(EngineLibraryTest)
#include "engine_library_test.moc"
