#pragma once
// Asks the hub: adds the token where it belongs, follows redirects, tries again what may go well the second
// time, and says in a sentence what the hub refuses.

#include "engine/files/json.h"
#include "engine/hub/connection.h"
#include "engine/hub/hub_settings.h"
#include "engine/hub/repository.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace lora {

/// What a request is about, for its sentences.
struct Subject {
    Repository repository = {}; ///< without a name: the hub as a whole
    std::string file = {};      ///< empty: the repository as a whole

    std::string place() const; ///< "org/name: config.json"
};

/// For one thread. Nothing is asked of a server before a call.
class HubClient {
public:
    explicit HubClient(const HubSettings& settings);

    /// The answer of one attempt, 200 or 206, redirects followed: at most ten, from https only to https. The
    /// token goes to the hub's own scheme, host and port, and to nobody after the first redirect elsewhere.
    /// `path` begins with '/'. Throws TryAgain or Error.
    HttpAnswer get(const std::string& path, const Subject& subject, const HttpRequest& request,
        const std::stop_token& stop);

    /// A whole text, tried several times. Throws Error.
    std::string text(const std::string& path, const Subject& subject, std::size_t limit_bytes,
        const std::stop_token& stop);
    Json json(const std::string& path, const Subject& subject, const std::stop_token& stop);

    /// Waits before attempt number `attempt` (from 1) of what failed by `failure`. Throws it on where that
    /// is one attempt too many or the server wants a longer wait than a person has patience for; Error if
    /// `stop` is requested.
    void wait_after(const TryAgain& failure, int attempt, const std::stop_token& stop) const;

    const HubSettings& settings() const { return settings_; }

private:
    HubSettings settings_;
    std::unique_ptr<Connection> connection_;
};

} // namespace lora
