#include "tests/ui/monkey_watch.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest{60}; // of a busy machine, and under the sanitizers

std::atomic<Clock::time_point>& lastBeat() {
    static std::atomic<Clock::time_point> at{Clock::now()};
    return at;
}

} // namespace

MonkeyWatch::MonkeyWatch(std::function<QStringList()> last)
    : thread_([last = std::move(last)](const std::stop_token& stop) {
          beat();
          while (!stop.stop_requested()) {
              std::this_thread::sleep_for(std::chrono::milliseconds(200));
              if (Clock::now() - lastBeat().load() < longest) continue;
              std::fprintf(stderr, "the window does not answer any more; the last actions:\n  %s\n",
                  qPrintable(last().join(QLatin1StringView("\n  "))));
              std::abort();
          }
      }) {}

void MonkeyWatch::beat() { lastBeat() = Clock::now(); }

} // namespace lora
