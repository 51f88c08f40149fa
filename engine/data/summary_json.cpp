#include "engine/data/summary_json.h"

#include "engine/error.h"

#include <limits>
#include <utility>

namespace lora {

namespace {

std::map<std::int64_t, std::int64_t> lengths_in(const JsonFields& json) {
    const Json* list = json.find("lengths");
    std::map<std::int64_t, std::int64_t> lengths;
    if (list == nullptr || !list->is_array()) fail(json.where(), "no list of lengths", "one");
    for (const Json& each : *list) {
        if (!each.is_array() || each.size() != 2 || !each[0].is_number_integer()
            || !each[1].is_number_integer())
            fail(json.where(), "other lengths than pairs of numbers", "pairs of numbers");
        lengths[each[0].get<std::int64_t>()] = each[1].get<std::int64_t>();
    }
    return lengths;
}

} // namespace

Json json_of(const DatasetSummary& summary) {
    // A further member has to be kept too.
    const auto& [path, read_as, plain_text, has_lines, rows, samples, held_out, also_trained, cut, dropped,
        repeated, tokens, learned_tokens, labels, problem, label_flags, packing, lengths, preview, warnings,
        kept_in] = summary;
    Json json{{"path", path}, {"read_as", read_as}, {"plain_text", plain_text}, {"has_lines", has_lines},
        {"rows", rows}, {"samples", samples}, {"cut", cut}, {"dropped", dropped}, {"repeated", repeated},
        {"tokens", tokens}, {"learned_tokens", learned_tokens}, {"labels", labels},
        {"problem", name(problem)}, {"label_flags", label_flags}, {"warnings", warnings},
        {"lengths", Json::array()}};
    for (const auto& [length, count] : lengths) json["lengths"].push_back(Json::array({length, count}));
    return json;
}

DatasetSummary summary_of(const JsonFields& json, const std::string& path) {
    const auto count = [&](const char* name) {
        return json.integer(name, 0, std::numeric_limits<std::int64_t>::max());
    };
    DatasetSummary summary;
    summary.path = path;
    summary.read_as = json.string("read_as");
    summary.plain_text = json.boolean_or("plain_text", false);
    summary.has_lines = json.boolean_or("has_lines", true);
    summary.rows = count("rows");
    summary.samples = count("samples");
    summary.cut = count("cut");
    summary.dropped = count("dropped");
    summary.repeated = count("repeated");
    summary.tokens = count("tokens");
    summary.learned_tokens = count("learned_tokens");
    summary.labels = json.strings("labels");
    summary.problem = problem_of(json.string("problem"));
    summary.label_flags = json.boolean_or("label_flags", false);
    summary.lengths = lengths_in(json);
    // Sentences begin with the dataset's name, which may be written otherwise now.
    const std::string name_then = json.string("path") + ": ";
    for (std::string& warning : json.strings("warnings")) {
        if (warning.starts_with(name_then)) warning.replace(0, name_then.size(), path + ": ");
        summary.warnings.push_back(std::move(warning));
    }
    return summary;
}

} // namespace lora
