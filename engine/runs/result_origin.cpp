#include "engine/runs/result_origin.h"

#include "engine/files/json.h"

#include <filesystem>
#include <limits>

namespace lora {

namespace fs = std::filesystem;

namespace {

constexpr const char* origin_file = "lora-workbench.json";

} // namespace

std::pair<std::string, std::string> file_of(const ResultOrigin& origin) {
    Json json{{"run", origin.run}, {"step", origin.step}};
    if (origin.evaluation_loss) json["evaluation_loss"] = *origin.evaluation_loss;
    // A folder's name need not be UTF-8.
    return {origin_file, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

std::optional<ResultOrigin> read_origin(const std::string& path) {
    std::error_code failure;
    const fs::path folder = fs::is_directory(path, failure) ? fs::path(path) : fs::path(path).parent_path();
    const fs::path file = folder / origin_file;
    if (!fs::exists(fs::symlink_status(file, failure))) return std::nullopt;
    const Json json = read_json(file.string());
    const JsonFields fields(json, file.string());
    ResultOrigin origin{
        fields.string("run"), fields.integer("step", 0, std::numeric_limits<std::int64_t>::max())};
    if (fields.has("evaluation_loss")) origin.evaluation_loss = fields.number("evaluation_loss");
    return origin;
}

} // namespace lora
