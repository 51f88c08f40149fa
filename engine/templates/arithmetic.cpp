#include "engine/templates/arithmetic.h"

#include "engine/templates/characters.h"
#include "engine/templates/value_text.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace lora::jinja {

namespace {

[[noreturn]] void refuse_size() { throw Refusal{"a whole number beyond 63 bits", "numbers that fit"}; }

[[noreturn]] void refuse_zero() { throw Refusal{"a division by zero", "another divisor"}; }

std::int64_t power(std::int64_t base, std::int64_t exponent) {
    std::int64_t result = 1;
    while (exponent > 0) {
        if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) refuse_size();
        exponent >>= 1;
        if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) refuse_size();
    }
    return result;
}

std::int64_t floor_divided(std::int64_t left, std::int64_t right) {
    if (right == 0) refuse_zero();
    if (right == -1) {
        std::int64_t result = 0;
        if (__builtin_sub_overflow(std::int64_t{0}, left, &result)) refuse_size();
        return result;
    }
    const std::int64_t quotient = left / right;
    return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

std::int64_t remainder(std::int64_t left, std::int64_t right) {
    if (right == 0) refuse_zero();
    if (right == -1) return 0;
    const std::int64_t rest = left % right;
    return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
}

Value with_wholes(Operator what, std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    switch (what) {
    case Operator::Add:
        if (__builtin_add_overflow(left, right, &result)) refuse_size();
        return integer(result);
    case Operator::Subtract:
        if (__builtin_sub_overflow(left, right, &result)) refuse_size();
        return integer(result);
    case Operator::Multiply:
        if (__builtin_mul_overflow(left, right, &result)) refuse_size();
        return integer(result);
    case Operator::FloorDivide: return integer(floor_divided(left, right));
    case Operator::Modulo: return integer(remainder(left, right));
    default: return integer(power(left, right));
    }
}

double real_remainder(double left, double right) {
    const double rest = std::fmod(left, right);
    if (rest == 0) return std::copysign(0.0, right);
    return (rest < 0) != (right < 0) ? rest + right : rest;
}

Value with_reals(Operator what, double left, double right) {
    const bool divides =
        what == Operator::Divide || what == Operator::FloorDivide || what == Operator::Modulo;
    if ((divides && right == 0) || (what == Operator::Power && left == 0 && right < 0)) refuse_zero();
    switch (what) {
    case Operator::Add: return real(left + right);
    case Operator::Subtract: return real(left - right);
    case Operator::Multiply: return real(left * right);
    case Operator::Divide: return real(left / right);
    case Operator::FloorDivide: return real(std::floor(left / right));
    case Operator::Modulo: return real(real_remainder(left, right));
    default: break;
    }
    const double result = std::pow(left, right);
    if (std::isnan(result) && !std::isnan(left) && !std::isnan(right))
        throw Refusal{"a power that is a complex number", "a real one"};
    return real(result);
}

/// One conversion of a format: `%-8.3f`.
struct Conversion {
    bool left = false;
    bool zeros = false;
    std::size_t width = 0;
    int places = -1;
    char kind = 0;
};

std::size_t digits(std::string_view format, std::size_t& at) {
    constexpr std::size_t most = 1000;
    std::size_t number = 0;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
        number = number * 10 + static_cast<std::size_t>(format[at] - '0');
        if (number > most) throw Refusal{"a format wider than 1000", "a narrower one"};
    }
    return number;
}

Conversion conversion(std::string_view format, std::size_t& at) {
    Conversion found;
    for (; at < format.size() && (format[at] == '-' || format[at] == '0'); ++at)
        (format[at] == '-' ? found.left : found.zeros) = true;
    found.width = digits(format, at);
    if (at < format.size() && format[at] == '.') found.places = static_cast<int>(digits(format, ++at));
    if (at < format.size()) found.kind = format[at++];
    return found;
}

std::string printed(double number, int places) {
    std::array<char, 1400> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", places < 0 ? 6 : places, number);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string hexadecimal(std::int64_t number) {
    std::array<char, 24> buffer{};
    const auto magnitude =
        number < 0 ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
    const int length = std::snprintf(buffer.data(), buffer.size(), "%s%llx", number < 0 ? "-" : "",
        static_cast<unsigned long long>(magnitude)); // NOLINT: what %llx takes
    return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string converted(const Conversion& how, const Value& value, Budget& budget) {
    if (how.kind == 's' || how.kind == 'r') {
        std::string shown = how.kind == 's' ? to_text(value, budget) : repr(value, budget);
        const auto starts = character_starts(shown);
        if (how.places >= 0 && static_cast<std::size_t>(how.places) < starts.size())
            shown.resize(starts[static_cast<std::size_t>(how.places)]);
        return shown;
    }
    if (how.kind == 'f' && real_of(value)) return printed(*real_of(value), how.places);
    const bool is_whole = (how.kind == 'd' || how.kind == 'i' || how.kind == 'x') && how.places < 0;
    if (is_whole && whole(value))
        return how.kind == 'x' ? hexadecimal(*whole(value)) : std::to_string(*whole(value));
    throw Refusal{
        "%" + std::string(1, how.kind) + " for " + std::string(type_name(value)), "%s, %r, %d, %x or %f"};
}

std::string padded(const Conversion& how, std::string shown) {
    const std::size_t length = count_characters(shown);
    if (length >= how.width) return shown;
    const std::size_t missing = how.width - length;
    if (how.left) return shown + std::string(missing, ' ');
    if (!how.zeros || how.kind == 's' || how.kind == 'r') return std::string(missing, ' ') + shown;
    return shown.insert(shown.front() == '-' ? 1 : 0, missing, '0');
}

} // namespace

Value calculated(Operator what, const Value& left, const Value& right) {
    const auto one = whole(left);
    const auto other = whole(right);
    const bool stays_whole =
        one && other && what != Operator::Divide && !(what == Operator::Power && *other < 0);
    return stays_whole ? with_wholes(what, *one, *other) : with_reals(what, *real_of(left), *real_of(right));
}

Value formatted(std::string_view format, const Value& values, Budget& budget) {
    const SequencePtr* tuple = values.as<SequencePtr>();
    const bool is_tuple = tuple != nullptr && (*tuple)->kind == Sequence::Kind::Tuple;
    const std::vector<Value> given = is_tuple ? (*tuple)->items : std::vector<Value>{values};
    std::size_t used = 0;
    std::string out;
    for (std::size_t at = 0; at < format.size();) {
        budget.spend();
        const std::size_t sign = std::min(format.find('%', at), format.size());
        budget.append(out, format.substr(at, sign - at));
        if (sign == format.size()) break;
        at = sign + 1;
        const Conversion how = conversion(format, at);
        if (how.kind == '%') {
            budget.append(out, "%");
            continue;
        }
        if (used == given.size()) throw Refusal{"more formats than values", "a value for each"};
        budget.append(out, padded(how, converted(how, given[used++], budget)));
    }
    if (used < given.size()) throw Refusal{"more values than formats", "a format for each"};
    return text(std::move(out));
}

} // namespace lora::jinja
