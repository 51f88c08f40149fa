#include "engine/hub/hub_client.h"

#include "engine/hub/download_stop.h"
#include "engine/hub/hub_refusal.h"
#include "engine/hub/origin.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace lora {

namespace {

constexpr std::size_t json_limit_bytes = 32 << 20; // a dataset of a hundred thousand files

void check_online(const HubSettings& settings, const std::string& place) {
    if (settings.offline)
        fail(place, "HF_HUB_OFFLINE set", "leave to use the network",
            "unset it, or take what the cache holds");
}

void check_redirect(const Origin& from, const Origin& to, const std::string& place) {
    if (from.scheme == "https" && to.scheme != "https")
        fail(place, "a redirect from https to " + to.scheme + "://" + shown(to.host),
            "one that stays with https");
}

/// What the hub says beside a redirect of the contents behind it.
void check_etag(const HttpAnswer& answer, const std::string& etag, const std::string& place) {
    std::string linked = answer.header("x-linked-etag");
    if (linked.starts_with("W/")) linked.erase(0, 2);
    linked.erase(std::remove(linked.begin(), linked.end(), '"'), linked.end());
    if (!etag.empty() && !linked.empty() && linked != etag)
        fail(place, "contents named " + shown(linked), etag + ", as the hub's list says",
            "the hub contradicts itself; try again later");
}

} // namespace

std::string Subject::place() const {
    if (repository.name.empty()) return "the hub";
    return file.empty() ? repository.name : repository.name + ": " + shown(file);
}

HubClient::HubClient(const HubSettings& settings)
    : settings_(settings), connection_(connect(settings.stall)) {}

HttpAnswer HubClient::get(
    const std::string& path, const Subject& subject, const HttpRequest& wanted, const std::stop_token& stop) {
    constexpr int most_redirects = 10;
    const std::string place = subject.place();
    check_online(settings_, place);
    const Origin hub = origin_of(settings_.endpoint, "HF_ENDPOINT");
    HttpRequest request = wanted;
    request.url = settings_.endpoint + path;
    request.token = settings_.token;
    Origin at = hub;
    for (int redirects = 0; redirects <= most_redirects; ++redirects) {
        HttpAnswer answer = connection_->get(request, place, stop);
        if (at == hub) check_etag(answer, request.etag, place);
        if (answer.status == 200 || answer.status == 206) return answer;
        if (answer.redirect.empty() && at != hub) refuse_elsewhere(answer, subject, at.host);
        if (answer.redirect.empty()) refuse(answer, subject, settings_);
        const Origin next = origin_of(answer.redirect, place + ": a redirect");
        check_redirect(at, next, place);
        if (next != hub) request.token.clear();
        at = next;
        request.url = answer.redirect;
    }
    fail(place, "more than ten redirects", "a file behind them");
}

std::string HubClient::text(
    const std::string& path, const Subject& subject, std::size_t limit_bytes, const std::stop_token& stop) {
    for (int attempt = 1;; ++attempt) {
        try {
            return get(path, subject, {.url = {}, .body_limit_bytes = limit_bytes}, stop).body;
        } catch (const TryAgain& failure) {
            wait_after(failure, attempt, stop);
        }
    }
}

Json HubClient::json(const std::string& path, const Subject& subject, const std::stop_token& stop) {
    return parse_json(text(path, subject, json_limit_bytes, stop), subject.place() + ": the hub's answer",
        {.size_bytes = json_limit_bytes});
}

void HubClient::wait_after(const TryAgain& failure, int attempt, const std::stop_token& stop) const {
    constexpr std::chrono::seconds patience{60};
    constexpr int most_doublings = 6;
    if (attempt >= settings_.attempts || failure.after > patience) throw failure;
    const auto own = settings_.pause * (1 << std::min(attempt - 1, most_doublings));
    const auto wait = std::max<std::chrono::milliseconds>(own, failure.after);
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, wait, [] { return false; });
    check_not_stopped(stop);
}

} // namespace lora
