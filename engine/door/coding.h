#pragma once
// Values to what is sent and back, by their types alone. A struct is the list of its fields, an enum its
// number, a variant the name of what it holds and that. What comes in is taken for hostile: each part must be
// of its kind and in its range.

#include "engine/door/described.h"
#include "engine/door/place.h"
#include "engine/error.h"
#include "engine/files/json.h"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lora {

/// encode(value), decode(json, where), and describe(text), which tells the type apart from all others.
template <class T>
struct Code;

template <class T>
Json encoded(const T& value) {
    return Code<T>::encode(value);
}

/// Throws Error naming the place of what is of another kind or out of range.
template <class T>
T decoded(const Json& json, const Place& where) {
    return Code<T>::decode(json, where);
}

/// Throws Error unless it is a list; and one of so many items.
void need_list(const Json& json, const Place& where);
void need_list(const Json& json, std::size_t items, const Place& where);
/// Throws Error: what stands there is none of these.
[[noreturn]] void fail_kind(const Json& json, const Place& where, const std::string& expected);
/// Throws Error for what is no whole number in this range.
std::int64_t whole_number(const Json& json, const Place& where, std::int64_t lowest, std::int64_t highest);

template <>
struct Code<bool> {
    static Json encode(bool value) { return value; }
    static bool decode(const Json& json, const Place& where) {
        if (!json.is_boolean()) fail_kind(json, where, "true or false");
        return json.get<bool>();
    }
    static void describe(std::string& text) { text += "bool"; }
};

template <class T>
requires(std::is_same_v<T, int> || std::is_same_v<T, std::int64_t>) struct Code<T> {
    static Json encode(T value) { return value; }
    static T decode(const Json& json, const Place& where) {
        using Limits = std::numeric_limits<T>;
        return static_cast<T>(whole_number(json, where, Limits::min(), Limits::max()));
    }
    static void describe(std::string& text) { text += sizeof(T) == 4 ? "int" : "long"; }
};

template <>
struct Code<std::uint64_t> {
    static Json encode(std::uint64_t value) { return value; }
    static std::uint64_t decode(const Json& json, const Place& where) {
        if (!json.is_number_unsigned()) fail_kind(json, where, "a whole number from 0 on");
        return json.get<std::uint64_t>();
    }
    static void describe(std::string& text) { text += "unsigned"; }
};

template <>
struct Code<double> {
    static Json encode(double value) { return value; }
    static double decode(const Json& json, const Place& where) {
        if (!json.is_number_float()) fail_kind(json, where, "a floating-point number");
        return json.get<double>();
    }
    static void describe(std::string& text) { text += "double"; }
};

template <>
struct Code<std::string> {
    static Json encode(const std::string& value) { return value; }
    static std::string decode(const Json& json, const Place& where) {
        if (!json.is_string()) fail_kind(json, where, "a text");
        return json.get<std::string>();
    }
    static void describe(std::string& text) { text += "text"; }
};

/// A value of a sweep's setting, whatever it is.
template <>
struct Code<Json> {
    static Json encode(const Json& value) { return value; }
    static Json decode(const Json& json, const Place&) { return json; }
    static void describe(std::string& text) { text += "json"; }
};

/// `advice` is what follows the parts in the whole message.
template <>
struct Code<Error> {
    static Json encode(const Error& error);
    static Error decode(const Json& json, const Place& where);
    static void describe(std::string& text) { text += "error"; }
};

template <class T>
requires std::is_enum_v<T>
struct Code<T> {
    static Json encode(T value) { return static_cast<std::int64_t>(value); }
    static T decode(const Json& json, const Place& where) {
        return static_cast<T>(whole_number(json, where, 0, std::int64_t{enumerators<T>()} - 1));
    }
    static void describe(std::string& text) { text += "one of " + std::to_string(enumerators<T>()); }
};

template <class T>
struct Code<std::optional<T>> {
    static Json encode(const std::optional<T>& value) { return value ? encoded(*value) : Json(); }
    static std::optional<T> decode(const Json& json, const Place& where) {
        if (json.is_null()) return std::nullopt;
        return decoded<T>(json, where);
    }
    static void describe(std::string& text) { Code<T>::describe(text += "perhaps "); }
};

template <class T>
struct Code<std::shared_ptr<const T>> {
    static Json encode(const std::shared_ptr<const T>& value) { return value ? encoded(*value) : Json(); }
    static std::shared_ptr<const T> decode(const Json& json, const Place& where) {
        return json.is_null() ? nullptr : std::make_shared<const T>(decoded<T>(json, where));
    }
    static void describe(std::string& text) { Code<T>::describe(text += "perhaps "); }
};

template <class T>
struct Code<std::vector<T>> {
    static Json encode(const std::vector<T>& values) {
        Json list = Json::array();
        for (const T& each : values) list.push_back(encoded(each));
        return list;
    }
    static std::vector<T> decode(const Json& json, const Place& where) {
        need_list(json, where);
        std::vector<T> values;
        values.reserve(json.size());
        for (const Json& each : json) values.push_back(decoded<T>(each, {&where, "", values.size()}));
        return values;
    }
    static void describe(std::string& text) { Code<T>::describe(text += "list of "); }
};

template <class T, std::size_t Count>
struct Code<std::array<T, Count>> {
    static Json encode(const std::array<T, Count>& values) {
        Json list = Json::array();
        for (const T& each : values) list.push_back(encoded(each));
        return list;
    }
    static std::array<T, Count> decode(const Json& json, const Place& where) {
        need_list(json, Count, where);
        std::array<T, Count> values{};
        for (std::size_t i = 0; i < Count; ++i) values[i] = decoded<T>(json[i], {&where, "", i});
        return values;
    }
    static void describe(std::string& text) { Code<T>::describe(text += std::to_string(Count) + " of "); }
};

template <class First, class Second>
struct Code<std::pair<First, Second>> {
    static Json encode(const std::pair<First, Second>& pair) {
        return Json::array({encoded(pair.first), encoded(pair.second)});
    }
    static std::pair<First, Second> decode(const Json& json, const Place& where) {
        need_list(json, 2, where);
        return {decoded<First>(json[0], {&where, "", 0}), decoded<Second>(json[1], {&where, "", 1})};
    }
    static void describe(std::string& text) {
        Code<First>::describe(text += "pair of ");
        Code<Second>::describe(text += " and ");
    }
};

template <class Key, class Value>
struct Code<std::map<Key, Value>> {
    static Json encode(const std::map<Key, Value>& map) {
        Json list = Json::array();
        for (const auto& each : map) list.push_back(Json::array({encoded(each.first), encoded(each.second)}));
        return list;
    }
    static std::map<Key, Value> decode(const Json& json, const Place& where) {
        std::map<Key, Value> map;
        for (auto& each : decoded<std::vector<std::pair<Key, Value>>>(json, where))
            if (!map.insert(std::move(each)).second) fail(where.text(), "a key twice", "each once");
        return map;
    }
    static void describe(std::string& text) { Code<std::pair<Key, Value>>::describe(text += "map, "); }
};

template <Described T>
struct Code<T> {
    static Json encode(const T& whole) {
        Json list = Json::array();
        std::apply(
            [&](const auto&... field) { (list.push_back(encoded(field)), ...); }, Fields<T>::of(whole));
        return list;
    }
    static T decode(const Json& json, const Place& where) {
        need_list(json, count, where);
        return made(json, where, std::make_index_sequence<count>());
    }
    static void describe(std::string& text) {
        text.append(Fields<T>::type_name).append("(").append(Fields<T>::field_names).append("): ");
        describe_fields(text, std::make_index_sequence<count>());
    }

private:
    using Parts = decltype(Fields<T>::of(std::declval<T&>()));
    static constexpr std::size_t count = std::tuple_size_v<Parts>;
    template <std::size_t I>
    using Part = std::remove_cvref_t<std::tuple_element_t<I, Parts>>;

    template <std::size_t... I>
    static T made(
        [[maybe_unused]] const Json& json, [[maybe_unused]] const Place& where, std::index_sequence<I...>) {
        return T{decoded<Part<I>>(json[I], Place{&where, Fields<T>::field_names, I})...};
    }
    template <std::size_t... I>
    static void describe_fields([[maybe_unused]] std::string& text, std::index_sequence<I...>) {
        (Code<Part<I>>::describe(text += "; "), ...);
    }
};

template <class... T>
struct Code<std::variant<T...>> {
    using Variant = std::variant<T...>;

    static Json encode(const Variant& value) {
        return std::visit(
            []<class Held>(const Held& held) {
                return Json::array({Fields<Held>::type_name, encoded(held)});
            },
            value);
    }
    static Variant decode(const Json& json, const Place& where) {
        need_list(json, 2, where);
        const std::string name = decoded<std::string>(json[0], where);
        std::optional<Variant> found;
        (take<T>(found, name, json[1], where), ...);
        if (!found) fail(where.text(), shown(name, 80), "one that this program knows");
        return std::move(*found);
    }
    static void describe(std::string& text) { (Code<T>::describe(text += " | "), ...); }

private:
    template <class Held>
    static void take(
        std::optional<Variant>& found, const std::string& name, const Json& json, const Place& where) {
        constexpr const char* held_name = Fields<Held>::type_name;
        if (name == held_name) found.emplace(decoded<Held>(json, Place{&where, held_name, 0}));
    }
};

} // namespace lora
