#include "engine/collectives/meeting.h"

#include "engine/collectives/address.h"
#include "engine/collectives/meeting_store.h"
#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

std::string words_of_meeting(const MeetingPlace& place) {
    return "the meeting at " + shown(place.host) + ", port " + std::to_string(place.port);
}

c10d::TCPStoreOptions store_options(const MeetingPlace& place, std::chrono::milliseconds patience) {
    c10d::TCPStoreOptions options;
    options.port = place.port;
    options.waitWorkers = false;
    options.timeout = patience;
    return options;
}

/// What c10d throws has a place in its source and often a backtrace; its first line says what happened.
std::string first_line(const std::exception& failure) {
    const std::string text = failure.what();
    return shown(text.substr(0, text.find('\n')));
}

/// Does what needs the meeting.
template <class Done>
auto there(const MeetingPlace& place, const Done& done) {
    try {
        return done();
    } catch (const std::exception& failure) {
        fail(words_of_meeting(place), first_line(failure), "an answer");
    }
}

std::vector<std::uint8_t> bytes_of_words(const std::string& words) { return {words.begin(), words.end()}; }

} // namespace

Meeting::Meeting(MeetingPlace place, std::unique_ptr<Store> store)
    : place_(std::move(place)), store_(std::move(store)) {}
Meeting::Meeting(Meeting&&) noexcept = default;
Meeting::~Meeting() = default;

Meeting Meeting::hold(MeetingPlace place, std::chrono::milliseconds patience, bool for_other_machines) {
    ListeningSocket listening = listen_at(place.host, place.port, for_other_machines);
    place.port = listening.port;
    c10d::TCPStoreOptions options = store_options(place, patience);
    options.isServer = true;
    options.masterListenFd = listening.socket.release();
    auto store = there(place, [&] { return c10::make_intrusive<c10d::TCPStore>(place.host, options); });
    return {std::move(place), std::make_unique<Store>(Store{std::move(store)})};
}

Meeting Meeting::join(MeetingPlace place, std::chrono::milliseconds patience) {
    const c10d::TCPStoreOptions options = store_options(place, patience);
    auto store = there(place, [&] { return c10::make_intrusive<c10d::TCPStore>(place.host, options); });
    return {std::move(place), std::make_unique<Store>(Store{std::move(store)})};
}

std::string Meeting::own_address() const { return address_toward(place_.host, place_.port); }

std::vector<std::string> Meeting::full(const std::vector<std::string>& keys) const {
    std::vector<std::string> all;
    for (const std::string& key : keys) all.push_back(full(key));
    return all;
}

void Meeting::say(const std::string& key, const std::string& words) const {
    there(place_, [&] { store_->tcp->set(full(key), bytes_of_words(words)); });
}

void Meeting::say_first(const std::string& key, const std::string& words) const {
    there(place_, [&] { store_->tcp->compareSet(full(key), {}, bytes_of_words(words)); });
}

bool Meeting::was_said(const std::string& key) const {
    return there(place_, [&] { return store_->tcp->check({full(key)}); });
}

std::vector<std::string> Meeting::hear(const std::vector<std::string>& keys) const {
    std::vector<std::string> all;
    for (const auto& bytes : there(place_, [&] { return store_->tcp->multiGet(full(keys)); }))
        all.emplace_back(bytes.begin(), bytes.end());
    return all;
}

bool Meeting::wait_for(const std::vector<std::string>& keys, std::chrono::milliseconds patience) const {
    try {
        store_->tcp->wait(full(keys), patience);
        return true;
    } catch (const std::exception& failure) {
        if (std::string_view(failure.what()).find("timeout") != std::string_view::npos) return false;
        fail(words_of_meeting(place_), first_line(failure), "an answer");
    }
}

void say_over(const Meeting& meeting, const std::string& why) { meeting.say_first("over", why); }

} // namespace lora
