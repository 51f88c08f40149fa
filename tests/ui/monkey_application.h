#pragma once
// The application that a monkey plays in: opens no program for an address, and outlives its windows.

#include "ui/window/guarded_application.h"

#include <QUrl>

namespace lora {

class MonkeyApplication : public GuardedApplication {
    Q_OBJECT
public:
    MonkeyApplication(int& count, char** words);
    ~MonkeyApplication() override;

private Q_SLOTS:
    void pass(const QUrl&) {}
};

} // namespace lora
