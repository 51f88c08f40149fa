#pragma once
// A value of any type that crosses the door, with every field different from all others and from its initial
// value, so that one which is lost or swapped on the way shows.

#include "engine/door/coding.h"

namespace lora {

template <class T>
struct Sample;

template <class T>
T sample(int& number) {
    return Sample<T>::make(number);
}

template <>
struct Sample<bool> {
    static bool make(int& number) { return ++number % 2 == 0; }
};
template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) struct Sample<T> {
    static T make(int& number) { return static_cast<T>(++number + (sizeof(T) > 4 ? T{1} << 40 : T{0})); }
};
template <>
struct Sample<double> {
    static double make(int& number) { return ++number + 1.0 / 3; }
};
template <>
struct Sample<std::string> {
    // With a byte that is no UTF-8, as a file's name can have.
    static std::string make(int& number) { return "text \xff" + std::to_string(++number); }
};
template <>
struct Sample<Json> {
    static Json make(int& number) { return Json{{"of", Json::array({++number, nullptr, "this"})}}; }
};
template <>
struct Sample<Error> {
    static Error make(int& number) {
        return Error("place " + std::to_string(++number), "this", "that", "try another; or none");
    }
};
template <class T>
requires std::is_enum_v<T>
struct Sample<T> {
    static T make(int& number) { return static_cast<T>(++number % static_cast<int>(enumerators<T>())); }
};
template <class T>
struct Sample<std::optional<T>> {
    static std::optional<T> make(int& number) { return sample<T>(number); }
};
template <class T>
struct Sample<std::shared_ptr<const T>> {
    static std::shared_ptr<const T> make(int& number) { return std::make_shared<const T>(sample<T>(number)); }
};
template <class T>
struct Sample<std::vector<T>> {
    static std::vector<T> make(int& number) {
        std::vector<T> two;
        two.push_back(sample<T>(number));
        two.push_back(sample<T>(number));
        return two;
    }
};
template <class T, std::size_t Count>
struct Sample<std::array<T, Count>> {
    static std::array<T, Count> make(int& number) {
        std::array<T, Count> all;
        for (T& each : all) each = sample<T>(number);
        return all;
    }
};
template <class First, class Second>
struct Sample<std::pair<First, Second>> {
    static std::pair<First, Second> make(int& number) {
        First first = sample<First>(number);
        return {std::move(first), sample<Second>(number)};
    }
};
template <class Key, class Value>
struct Sample<std::map<Key, Value>> {
    static std::map<Key, Value> make(int& number) {
        std::map<Key, Value> one;
        one.insert(sample<std::pair<Key, Value>>(number));
        return one;
    }
};
template <class... T>
struct Sample<std::variant<T...>> {
    static std::variant<T...> make(int& number) {
        return sample<std::variant_alternative_t<0, std::variant<T...>>>(number);
    }
};
template <Described T>
struct Sample<T> {
    using Parts = decltype(Fields<T>::of(std::declval<T&>()));
    static T make(int& number) { return made(number, std::make_index_sequence<std::tuple_size_v<Parts>>()); }
    template <std::size_t... I>
    static T made([[maybe_unused]] int& number, std::index_sequence<I...>) {
        return T{sample<std::remove_cvref_t<std::tuple_element_t<I, Parts>>>(number)...};
    }
};

} // namespace lora
