// Addresses taken apart as libcurl does that asks them.

#include "engine/error.h"
#include "engine/hub/http_door.h"

#include <algorithm>
#include <memory>

#include <curl/curl.h>

namespace lora {

namespace {

using Address = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

/// One part of an address; empty if it has none.
std::string part(const Address& address, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(address.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK || text == nullptr)
        return "";
    std::string copy(text);
    curl_free(text);
    return copy;
}

Origin parsed_origin(const std::string& address, const std::string& where) {
    const Address parsed(curl_url(), &curl_url_cleanup);
    const bool reads = parsed != nullptr && address.find('\0') == std::string::npos
                       && curl_url_set(parsed.get(), CURLUPART_URL, address.c_str(), 0) == CURLUE_OK;
    Origin origin{part(parsed, CURLUPART_SCHEME), part(parsed, CURLUPART_HOST), part(parsed, CURLUPART_PORT)};
    if (!reads || (origin.scheme != "http" && origin.scheme != "https") || origin.host.empty())
        fail(where, "'" + shown(address) + "'", "an address that begins with https:// or http://");
    if (!part(parsed, CURLUPART_USER).empty() || !part(parsed, CURLUPART_PASSWORD).empty())
        fail(where, "an address with a user's name in it", "one without", "set HF_TOKEN instead");
    std::transform(origin.host.begin(), origin.host.end(), origin.host.begin(),
        [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
    return origin;
}

} // namespace

} // namespace lora

void lora_origin_of(const std::string& address, const std::string& where, lora::Origin& origin) {
    origin = lora::parsed_origin(address, where);
}
