#pragma once
// What is said once of each struct that crosses the door: its name and its fields. Coding, checking and the
// digest of all messages follow from it. A struct that gets another field does not compile until its line
// here has it too, since a structured binding must name them all.

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace lora {

/// type_name, field_names, and of(whole): references to all fields, in the order of their declaration.
template <class T>
struct Fields;

template <class T>
concept Described = requires {
    Fields<T>::type_name;
};

/// LORA_FIELDS(PhaseTime, seconds, times)
#define LORA_FIELDS(Type, ...)                                                                               \
    template <>                                                                                              \
    struct Fields<Type> {                                                                                    \
        static constexpr const char* type_name = #Type;                                                      \
        static constexpr const char* field_names = #__VA_ARGS__;                                             \
        template <class Whole>                                                                               \
        static auto of(Whole& whole) {                                                                       \
            auto& [__VA_ARGS__] = whole;                                                                     \
            return std::tie(__VA_ARGS__);                                                                    \
        }                                                                                                    \
    };

/// Of a struct that says all by its name.
#define LORA_NO_FIELDS(Type)                                                                                 \
    static_assert(std::is_empty_v<Type>);                                                                    \
    template <>                                                                                              \
    struct Fields<Type> {                                                                                    \
        static constexpr const char* type_name = #Type;                                                      \
        static constexpr const char* field_names = "";                                                       \
        template <class Whole>                                                                               \
        static std::tuple<> of(Whole&) {                                                                     \
            return {};                                                                                       \
        }                                                                                                    \
    };

/// Whether the number is that of an enumerator: compilers then write its name, else a cast,
/// "(lora::EngineState)9".
template <auto Value>
constexpr bool is_enumerator() {
    return std::string_view(__PRETTY_FUNCTION__).find("Value = (") == std::string_view::npos;
}

/// How many enumerators an enum has that counts them from 0.
template <class Enum, std::size_t From = 0>
constexpr std::size_t enumerators() {
    if constexpr (is_enumerator<static_cast<Enum>(From)>())
        return enumerators<Enum, From + 1>();
    else
        return From;
}

} // namespace lora
