#pragma once
// libcurl's handles and options as the hub's connection uses them.

#include "engine/error.h"

#include <chrono>
#include <memory>
#include <string>

#include <curl/curl.h>

namespace lora {

using CurlLines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
void add_line(CurlLines& lines, const std::string& line);

/// Throws Error where libcurl does not start.
CURL* new_curl();

template <class... Value>
void set_option(CURL* handle, CURLoption option, Value... value) {
    const CURLcode code = curl_easy_setopt(handle, option, value...);
    if (code != CURLE_OK)
        throw Error(std::string("libcurl refuses a setting of this program: ") + curl_easy_strerror(code));
}

/// Who is asked, what is believed, and how long: a server that is silent for `stall` is given up.
void be_careful(CURL* handle, std::chrono::seconds stall);

} // namespace lora
