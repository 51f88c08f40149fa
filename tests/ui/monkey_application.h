#pragma once
// The application that a monkey plays in: opens no program for an address, and outlives its windows.

#include "tests/ui/monkey_ground.h"
#include "ui/window/guarded_application.h"

#include <QUrl>
#include <QtTest>

namespace lora {

class MonkeyApplication : public GuardedApplication {
    Q_OBJECT
public:
    MonkeyApplication(int& count, char** words);
    ~MonkeyApplication() override;

private Q_SLOTS:
    void pass(const QUrl&) {}
};

/// The test's main: the ground is there before the application, which asks where settings lie.
template <class Test>
int runWithMonkey(int count, char** words) {
    MonkeyGround ground;
    const MonkeyApplication application(count, words);
    Test test(ground);
    return QTest::qExec(&test, count, words);
}

} // namespace lora
