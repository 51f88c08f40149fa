#include "engine/settings/settings.h"

#include "engine/error.h"
#include "engine/settings/setting_names.h"
#include "engine/targets/weight_selection.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace lora {

namespace {

constexpr std::pair<NumberType, const char*> number_types[] = {
    {NumberType::Float32, "float32"}, {NumberType::BFloat16, "bfloat16"}};
constexpr std::pair<Schedule, const char*> schedules[] = {
    {Schedule::Linear, "linear"}, {Schedule::Cosine, "cosine"}, {Schedule::Constant, "constant"}};
constexpr std::pair<InitialA, const char*> initial_as[] = {
    {InitialA::Uniform, "uniform"}, {InitialA::Gaussian, "gaussian"}};

template <class T, std::size_t n>
std::string word_of(const std::pair<T, const char*> (&words)[n], T value) {
    return std::find_if(std::begin(words), std::end(words), [&](const auto& each) {
        return each.first == value;
    })->second;
}

template <class T, std::size_t n>
T value_of(const std::pair<T, const char*> (&words)[n], const char* what, const std::string& word) {
    std::string known;
    for (const auto& [value, each] : words) {
        if (word == each) return value;
        known.append(known.empty() ? "" : ", ").append(each);
    }
    fail(what, "'" + shown(word) + "'", "one of " + known);
}

/// Writes each field that it is shown into an object.
class Writer {
public:
    void operator()(const char* name, const auto& value) { json_[name] = written(value); }
    Json take() { return std::move(json_); }

private:
    static Json written(NumberType value) { return name(value); }
    static Json written(Schedule value) { return name(value); }
    static Json written(MethodKind value) { return name(value); }
    static Json written(ProjectionKind value) { return name(value); }
    static Json written(InitialA value) { return name(value); }
    template <SettingGroup T>
    static Json written(const T& group) {
        Writer writer;
        each_field(group, writer);
        return writer.take();
    }
    template <class T>
    static Json written(const std::optional<T>& value) {
        return value ? Json(*value) : Json(nullptr);
    }
    template <class T>
    static Json written(const std::map<std::string, T>& pattern) {
        Json object = Json::object();
        for (const auto& [key, value] : pattern) object[key] = value;
        return object;
    }
    template <class T>
    static Json written(const T& value) {
        return value;
    }

    Json json_ = Json::object();
};

/// Reads each field that it is shown out of an object, where it is there.
class Reader {
public:
    Reader(const Json& json, std::string where) : json_(json), fields_(json, std::move(where)) {}

    void operator()(const char* name, auto& value) {
        known_.insert(name);
        if (fields_.has(name)) read(name, value);
    }

    void refuse_unknown_fields() const {
        for (const auto& [key, value] : json_.items())
            if (!known_.contains(key))
                fail(fields_.where(), "the unknown field '" + shown(key) + "'",
                    "only fields of a run's settings");
    }

private:
    void read(const char* name, std::string& value) { value = fields_.string(name); }
    void read(const char* name, bool& value) { value = fields_.boolean_or(name, value); }
    void read(const char* name, double& value) { value = fields_.number(name); }
    template <std::signed_integral T>
    void read(const char* name, T& value) {
        using Limits = std::numeric_limits<T>;
        value = static_cast<T>(fields_.integer(name, Limits::lowest(), Limits::max()));
    }
    void read(const char* name, std::uint64_t& value) {
        const Json& json = *fields_.find(name);
        if (!json.is_number_unsigned())
            fail(fields_.where() + ": " + name, shown(json.dump()), "a whole number, 0 or above");
        value = json.get<std::uint64_t>();
    }
    void read(const char* name, std::optional<std::int64_t>& value) { read(name, value.emplace()); }
    void read(const char* name, NumberType& value) { value = number_type(fields_.string(name)); }
    void read(const char* name, Schedule& value) { value = schedule(fields_.string(name)); }
    void read(const char* name, MethodKind& value) { value = method_kind(fields_.string(name)); }
    void read(const char* name, ProjectionKind& value) { value = projection_kind(fields_.string(name)); }
    void read(const char* name, InitialA& value) { value = initial_a(fields_.string(name)); }
    template <class T>
    void read(const char* name, std::map<std::string, T>& pattern) {
        const JsonFields values(*fields_.find(name), fields_.where() + ": " + name);
        pattern.clear();
        for (const auto& item : fields_.find(name)->items()) {
            if constexpr (std::integral<T>)
                pattern[item.key()] = values.integer(item.key(), 1, 1 << 16);
            else
                pattern[item.key()] = values.number(item.key());
        }
    }
    template <SettingGroup T>
    void read(const char* name, T& group) {
        Reader reader(*fields_.find(name), fields_.where() + ": " + name);
        each_field(group, reader);
        reader.refuse_unknown_fields();
    }

    const Json& json_;
    JsonFields fields_;
    std::set<std::string, std::less<>> known_;
};

} // namespace

std::string name(NumberType type) { return word_of(number_types, type); }
std::string name(Schedule schedule) { return word_of(schedules, schedule); }
std::string name(InitialA init) { return word_of(initial_as, init); }
NumberType number_type(const std::string& name) { return value_of(number_types, "dtype", name); }
Schedule schedule(const std::string& name) { return value_of(schedules, "schedule", name); }
InitialA initial_a(const std::string& name) { return value_of(initial_as, "init", name); }

RunSettings defaults_of(MethodKind method) {
    RunSettings settings;
    settings.method = method;
    if (method == MethodKind::UniLora) settings.subspace.projection = ProjectionKind::Hashed;
    if (method == MethodKind::Vera) {
        settings.lora.rank = 256;
        settings.lora.alpha = 512;
    }
    if (trains_weights(method))
        settings.lora.selection.targets = method == MethodKind::Full ? everything : "all-linear";
    if (!keeps_low_rank(method)) settings.training.spectrum_every = 0;
    return settings;
}

Json to_json(const RunSettings& settings) {
    Writer writer;
    each_field(settings, writer);
    return writer.take();
}

RunSettings run_settings(const Json& json, const std::string& where) {
    RunSettings settings;
    Reader reader(json, where);
    each_field(settings, reader);
    reader.refuse_unknown_fields();
    return settings;
}

} // namespace lora
