#include "engine/hub/search.h"

#include "engine/error.h"
#include "engine/hub/repository_info.h"

#include <limits>

namespace lora {

namespace {

FoundRepository found_in(const Json& json, const std::string& where) {
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    const JsonFields fields(json, where);
    FoundRepository found;
    found.name = fields.string("id");
    if (!is_repository_name(found.name)) fail(where, "'" + shown(found.name) + "'", "a repository's name");
    found.downloads = fields.integer_or("downloads", 0, 0, largest);
    found.likes = fields.integer_or("likes", 0, 0, largest);
    found.license = fields.has("tags") ? license_of_tags(fields.strings("tags")) : "";
    found.stored_bytes = fields.integer_or("usedStorage", 0, 0, largest);
    const Json* gated = fields.find("gated");
    found.is_gated = gated != nullptr && !gated->is_null() && *gated != false;
    return found;
}

} // namespace

std::vector<FoundRepository> search_hub(
    HubClient& hub, RepositoryKind kind, const std::string& words, int limit, const std::stop_token& stop) {
    const std::string where = "the hub's answer to '" + shown(words) + "'";
    std::string path = "/api/" + std::string(word(kind)) + "s?search=" + percent_encoded(words)
                       + "&sort=downloads&limit=" + std::to_string(limit);
    for (const char* field : {"downloads", "likes", "gated", "tags", "usedStorage"})
        path.append("&expand=").append(field);
    const Json json = hub.json(path, {}, stop);
    if (!json.is_array()) fail(where, "something else", "a list of repositories");
    std::vector<FoundRepository> all;
    for (const Json& each : json)
        if (all.size() < static_cast<std::size_t>(limit)) all.push_back(found_in(each, where));
    return all;
}

} // namespace lora
