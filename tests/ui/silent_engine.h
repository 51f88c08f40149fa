#pragma once
// An engine for a page alone: notes what it is asked, and says what the test says.

#include "ui/link/engine_link.h"

#include <QtTest>
#include <atomic>
#include <mutex>
#include <vector>

namespace lora {

class SilentEngine {
public:
    EngineLink& link() { return link_; }

    /// All commands so far. They arrive on the engine's thread: waits for at least `count` of them.
    std::vector<Command> asked(std::size_t count) {
        const auto now = [this] {
            const std::lock_guard lock(mutex_);
            return asked_;
        };
        [&] { QTRY_VERIFY(now().size() >= count); }();
        return now();
    }
    /// Says what answers the last command, which must have been awaited.
    template <class E>
    void answer(E event) {
        event.request = last().id;
        say(std::move(event));
    }
    void refuse(const std::string& why) { say(Refused{last(), Error(why)}); }
    /// Once this returns the link has told it.
    template <class E>
    void say(E event) {
        bool told = false;
        const auto noted = QObject::connect(&link_, &EngineLink::told, &link_, [&] { told = true; });
        [&] { QTRY_VERIFY(made_); }();
        emit_(Event(std::move(event)));
        [&] { QTRY_VERIFY(told); }();
        QObject::disconnect(noted);
    }

private:
    Request last() {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    Work work(Emit emit) {
        emit_ = std::move(emit);
        made_ = true;
        return {[this](const Request& request, const std::stop_token&) {
                    const std::lock_guard lock(mutex_);
                    asked_.push_back(request.command);
                    last_ = request;
                },
            [] { return false; }, [](const std::stop_token&) {}};
    }

    std::mutex mutex_;
    std::vector<Command> asked_;
    Request last_;
    Emit emit_;
    std::atomic<bool> made_ = false;
    EngineLink link_{[this](Emit emit) { return work(std::move(emit)); }}; ///< last: its thread ends first
};

} // namespace lora
