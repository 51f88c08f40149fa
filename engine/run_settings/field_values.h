#pragma once
// The fields of a run's settings by their C++ types: of which kind each is, and its value as JSON and back.

#include "engine/files/json.h"
#include "engine/run_settings/words.h"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace lora {

enum class SettingKind {
    Flag,   ///< yes or no
    Count,  ///< a whole number
    Number, ///< any number
    Word,   ///< one of `choices`
    Text,
    Lines,   ///< several texts: a list in run.json, a line each elsewhere
    Path,    ///< of a file or a folder
    Pattern, ///< a number each for names: {"q_proj": 4}
};

template <class T>
constexpr SettingKind kind_of_field() {
    if constexpr (std::is_same_v<T, bool>)
        return SettingKind::Flag;
    else if constexpr (std::is_enum_v<T>)
        return SettingKind::Word;
    else if constexpr (std::is_floating_point_v<T>)
        return SettingKind::Number;
    else if constexpr (std::is_same_v<T, std::string>)
        return SettingKind::Text;
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return SettingKind::Lines;
    else if constexpr (std::is_same_v<T, RankPattern> || std::is_same_v<T, AlphaPattern>)
        return SettingKind::Pattern;
    else
        return SettingKind::Count;
}

/// The value as run.json has it.
Json json_of(const std::optional<std::int64_t>& value);
Json json_of(const RankPattern& value);
Json json_of(const AlphaPattern& value);
template <class T>
Json json_of(const T& value) {
    if constexpr (std::is_enum_v<T>)
        return lora::name(value);
    else
        return value;
}

/// Takes the value into the field; false where it is of another kind.
bool read_field(const Json& json, bool& field);
bool read_field(const Json& json, int& field);
bool read_field(const Json& json, std::int64_t& field);
bool read_field(const Json& json, std::uint64_t& field);
bool read_field(const Json& json, double& field);
bool read_field(const Json& json, std::string& field);
bool read_field(const Json& json, std::optional<std::int64_t>& field);
bool read_field(const Json& json, std::vector<std::string>& field);
bool read_field(const Json& json, RankPattern& field);
bool read_field(const Json& json, AlphaPattern& field);
template <class T>
requires std::is_enum_v<T>
bool read_field(const Json& json, T& field) {
    for (const Word<T>& each : words_of(T{}))
        if (json == each.word) {
            field = each.value;
            return true;
        }
    return false;
}

} // namespace lora
