#pragma once
// Where the hub is, where its files are kept here, and who asks: the environment variables of
// huggingface_hub, so that what is set for other programs holds here too. Source: the reference of
// huggingface_hub's environment variables.

#include <chrono>
#include <string>

namespace lora {

struct HubSettings {
    std::string endpoint = "https://huggingface.co"; ///< HF_ENDPOINT; no slash at the end
    std::string cache;                               ///< hub_cache_folder()
    /// HF_TOKEN, or the file that `hf auth login` wrote; empty: none. It goes to the endpoint alone, and into
    /// no message.
    std::string token;
    bool offline = false; ///< HF_HUB_OFFLINE: nothing is asked of any server

    std::chrono::seconds stall{30}; ///< HF_HUB_DOWNLOAD_TIMEOUT: how long a server may be silent
    int attempts = 5;               ///< how often one request is tried while nothing comes of it
    std::chrono::milliseconds pause{
        500};            ///< before the second attempt; twice as long before each further one
    int connections = 4; ///< files that are downloaded at the same time
};

/// From the environment. Throws Error if HF_ENDPOINT is no address, or the token holds what no token can.
HubSettings hub_settings();

/// HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub.
std::string hub_cache_folder();

} // namespace lora
