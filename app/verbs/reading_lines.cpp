#include "app/verbs/reading_lines.h"

#include "app/output.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <string>

namespace lora {

namespace {

using Clock = std::chrono::steady_clock;

std::string in_words(double seconds) {
    const std::int64_t whole = std::llround(seconds);
    return whole < 120 ? std::to_string(whole) + " s" : std::to_string((whole + 30) / 60) + " min";
}

class ReadingLines {
public:
    explicit ReadingLines(bool json) : json_(json) {}

    void operator()(double done) {
        constexpr std::chrono::seconds apart(5);
        const Clock::time_point now = Clock::now();
        if (done < before_) begin_ = last_ = now; // the next file
        before_ = done;
        if (now - last_ < apart || done <= 0) return;
        last_ = now;
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        const double left = seconds * (1 - done) / done;
        if (json_)
            print_event({{"event", "progress"}, {"reading", done}, {"seconds_left", left}});
        else
            std::cerr << "lora: reading the data: " << std::llround(100 * done) << " %, " << in_words(left)
                      << " left" << std::endl;
    }

private:
    bool json_;
    double before_ = 0;
    Clock::time_point begin_ = Clock::now(), last_ = begin_;
};

} // namespace

ReadProgress reading_lines(bool json) { return ReadingLines(json); }

} // namespace lora
