#include "engine/data/mix_file.h"

#include "engine/error.h"
#include "engine/files/json.h"

#include <filesystem>
#include <iomanip>
#include <set>
#include <sstream>
#include <string_view>

namespace lora {

namespace {

constexpr std::size_t most_parts = 1000;
constexpr double largest_weight = 1e9;

/// Throws Error where an object has a field that nobody would read.
void check_fields(const Json& object, const std::string& where, const std::set<std::string>& known) {
    if (!object.is_object()) return; // which JsonFields refuses
    for (const auto& [name, value] : object.items())
        if (known.count(name) == 0) {
            std::string names;
            for (const std::string& each : known) names += (names.empty() ? "" : ", ") + each;
            fail(where, "a field '" + shown(name) + "'", names);
        }
}

MixPart part_of(const Json& json, const std::string& where, const std::filesystem::path& beside) {
    check_fields(json, where, {"data", "weight"});
    const JsonFields fields(json, where);
    MixPart part{(beside / fields.string("data")).lexically_normal().string(), fields.number("weight")};
    if (fields.string("data").empty()) fail(where + ": data", "nothing", "a dataset's path");
    if (!(part.weight > 0 && part.weight <= largest_weight))
        fail(where + ": weight", std::to_string(part.weight), "above 0");
    if (is_mix_file(part.path)) fail(where, "a mix in a mix", "a dataset, and its weight");
    return part;
}

} // namespace

bool is_mix_file(const std::string& path) { return path.ends_with(".mix.json"); }

std::vector<MixPart> read_mix(const std::string& path) {
    const Json json = read_json(path);
    check_fields(json, path, {"mix"});
    const Json* list = JsonFields(json, path).find("mix");
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > most_parts)
        fail(path, "no list 'mix' of datasets",
            R"({"mix": [{"data": PATH, "weight": NUMBER}, …]} of 1 to 1000)");
    std::vector<MixPart> parts;
    std::set<std::string> paths;
    for (const Json& each : *list) {
        const std::string where = path + ": mix " + std::to_string(parts.size() + 1);
        parts.push_back(part_of(each, where, std::filesystem::path(path).parent_path()));
        if (!paths.insert(parts.back().path).second)
            fail(where, "'" + shown(parts.back().path) + "' once more", "each dataset once, by one weight");
    }
    return parts;
}

std::string mix_words(const std::vector<MixPart>& parts) {
    constexpr double percent = 100;
    double all = 0;
    for (const MixPart& part : parts) all += part.weight;
    std::ostringstream words;
    words << "a mix of " << std::fixed << std::setprecision(1);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        words << (i == 0 ? "" : i + 1 < parts.size() ? ", " : " and ");
        words << percent * parts[i].weight / all << " % "
              << shown(std::filesystem::path(parts[i].path).filename().string());
    }
    return words.str();
}

} // namespace lora
