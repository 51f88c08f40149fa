#include "engine/curl/curl_handle.h"

#include <cstdlib>
#include <new>

namespace lora {

void add_line(CurlLines& lines, const std::string& line) {
    curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(lines.release());
    lines.reset(longer);
}

CURL* new_curl() {
    // Once for the process, as libcurl wants it; it ends with the process.
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (handle == nullptr) throw Error("libcurl does not start on this machine");
    return handle;
}

void be_careful(CURL* handle, std::chrono::seconds stall) {
    set_option(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    set_option(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set_option(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set_option(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    // As OpenSSL's other users have it; libcurl knows only the file that it was built with.
    const char* certificates = std::getenv("SSL_CERT_FILE");
    if (certificates != nullptr && *certificates != '\0') set_option(handle, CURLOPT_CAINFO, certificates);
    set_option(handle, CURLOPT_NOSIGNAL, 1L);
    set_option(handle, CURLOPT_USERAGENT, "lora-workbench/" LORA_VERSION);
    set_option(handle, CURLOPT_BUFFERSIZE, 256L << 10);
    set_option(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(stall.count()));
    set_option(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set_option(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall.count()));
}

} // namespace lora
