#pragma once
// What a template may spend. Templates come with models, from people nobody vouches for.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lora {

struct TemplateLimits {
    std::uint64_t steps = 20'000'000; ///< about two seconds
    std::size_t bytes = 256U << 20;   ///< of all text that is made, the output's among it
    std::size_t depth = 400;          ///< of statements, expressions and macro calls in each other
};

} // namespace lora

namespace lora::jinja {

/// What an operation on values cannot do. The evaluator knows the place and makes an Error of it.
struct Refusal {
    std::string found;
    std::string expected;
};

/// The deepest that lists lie in each other, and expressions in a template.
constexpr std::size_t most_nested = 200;

/// One rendering's share of the limits. Each of its functions throws Refusal where it is used up.
class Budget {
public:
    explicit Budget(const TemplateLimits& limits) : limits_(limits), left_(limits) {}

    void spend(std::uint64_t steps = 1) {
        if (steps > left_.steps) refuse_steps();
        left_.steps -= steps;
    }
    void spend_bytes(std::size_t bytes) {
        if (bytes > left_.bytes) refuse_bytes();
        left_.bytes -= bytes;
    }
    /// Adds `piece` to `text`, paid for.
    void append(std::string& text, std::string_view piece) {
        spend_bytes(piece.size());
        text.append(piece);
    }

    void enter() {
        if (left_.depth == 0) refuse_depth();
        --left_.depth;
    }
    void leave() { ++left_.depth; }

private:
    [[noreturn]] void refuse_steps() const;
    [[noreturn]] void refuse_bytes() const;
    [[noreturn]] void refuse_depth() const;

    TemplateLimits limits_;
    TemplateLimits left_;
};

/// One level deeper for as long as it lives.
class Descent {
public:
    explicit Descent(Budget& budget) : budget_(budget) { budget_.enter(); }
    ~Descent() { budget_.leave(); }
    Descent(const Descent&) = delete;
    Descent& operator=(const Descent&) = delete;

private:
    Budget& budget_;
};

} // namespace lora::jinja
