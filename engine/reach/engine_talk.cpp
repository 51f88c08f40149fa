#include "engine/reach/engine_talk.h"

#include "engine/error.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace lora {

namespace {

using Lock = std::lock_guard<std::mutex>;

std::string name_of_window() {
    std::random_device random;
    return "window-" + std::to_string(random()) + "-" + std::to_string(random());
}

/// What a command of ours writes before its complaint says nothing to a person here.
std::string without_program(const std::string& words) {
    constexpr std::string_view program = "lora: ";
    return words.starts_with(program) ? words.substr(program.size()) : words;
}

} // namespace

EngineTalk::EngineTalk(std::string engine) : name_(std::move(engine)), window_(name_of_window()) {}

RequestId EngineTalk::post(Command command) {
    const Lock lock(mutex_);
    const Request request{{++posted_.value}, std::move(command)};
    unanswered_.add(request);
    if (welcomed_ && !over_) send(request);
    return request.id;
}

std::vector<Event> EngineTalk::drain() {
    const Lock lock(mutex_);
    return std::exchange(events_, {});
}

std::vector<EngineNews> EngineTalk::news() {
    const Lock lock(mutex_);
    return std::exchange(news_, {});
}

std::int64_t EngineTalk::list_folder(const std::string& path) {
    const Lock lock(mutex_);
    const ListFolder question{++questions_, path};
    if (welcomed_ && !over_)
        say(question);
    else
        news_.emplace_back(
            FolderListed{.question = question.question, .path = path, .fault = "not connected"});
    return question.question;
}

void EngineTalk::hurry(bool take_over) {
    const Lock lock(mutex_);
    hurry_ = true;
    take_over_ = take_over_ || take_over;
    if (now_.reach != Reach::Connected) become({Reach::Connecting});
    wake_.ring();
}

bool EngineTalk::wants_connection() const {
    const Lock lock(mutex_);
    return now_.reach != Reach::Occupied && now_.reach != Reach::Failed;
}

bool EngineTalk::take_hurry() {
    const Lock lock(mutex_);
    return std::exchange(hurry_, false);
}

void EngineTalk::begin() {
    const Lock lock(mutex_);
    reader_.emplace(name_, /*after_mark=*/true);
    outgoing_.clear();
    welcomed_ = over_ = false;
}

void EngineTalk::say_hello() {
    const Lock lock(mutex_);
    say(Hello{.version = LORA_VERSION,
        .messages = digest_of_messages(),
        .window = window_,
        .engine = engine_,
        .next_event = next_event_,
        .take_over = std::exchange(take_over_, false)});
}

void EngineTalk::take(std::string_view bytes) {
    const Lock lock(mutex_);
    reader_->add(bytes);
    while (auto message = reader_->next())
        std::visit([this](auto&& each) { hear(std::forward<decltype(each)>(each)); },
            engine_message(*message, name_));
}

std::string EngineTalk::outgoing() {
    const Lock lock(mutex_);
    return std::exchange(outgoing_, {});
}

bool EngineTalk::is_over() const {
    const Lock lock(mutex_);
    return over_;
}

bool EngineTalk::was_connected() const {
    const Lock lock(mutex_);
    return welcomed_;
}

void EngineTalk::end(const std::string& why, bool is_final) {
    const Lock lock(mutex_);
    const bool was_over = std::exchange(over_, false);
    welcomed_ = false;
    if (was_over) return; // its words are told
    last_words_ = without_program(why);
    // What never answered may never do so: a person looks into that. What did, comes again.
    const Reach reach = is_final || engine_.empty() ? Reach::Failed : Reach::Waiting;
    become({reach, last_words_});
}

std::string EngineTalk::goodbye() {
    const Lock lock(mutex_);
    say(Goodbye{});
    return std::exchange(outgoing_, {});
}

void EngineTalk::hear(const Welcome& welcome) {
    const bool is_same = engine_ == welcome.engine;
    if (!engine_.empty() && !is_same) lose_engine();
    if (!is_same) {
        const auto left = unanswered_.behind({});
        const std::int64_t before = left.empty() ? posted_.value : left.front().id.value - 1;
        behind_engine_ = before - welcome.posted.value;
    }
    engine_ = welcome.engine;
    next_event_ = welcome.next_event;
    welcomed_ = true;
    for (const Request& each : unanswered_.behind({welcome.posted.value + behind_engine_})) send(each);
    become({Reach::Connected, {}, welcome});
}

// It names the run of the engine that is gone, before that of the new one.
void EngineTalk::lose_engine() {
    const std::string why = "The engine (" + name_ + ") has ended: " + last_words_ + '.';
    EngineLoss loss = followed_.lose(why, unanswered_.take());
    std::move(loss.events.begin(), loss.events.end(), std::back_inserter(events_));
    if (loss.news) news_.emplace_back(std::move(*loss.news));
}

void EngineTalk::hear(const TurnedAway& words) {
    over_ = true;
    become({words.occupied ? Reach::Occupied : Reach::Failed, words.why});
}

void EngineTalk::hear(Told told) {
    if (!welcomed_) fail(name_, "an event", "a welcome first");
    if (told.number != 0 && told.number != next_event_)
        fail(name_, "event " + std::to_string(told.number), std::to_string(next_event_));
    if (told.number != 0) ++next_event_;
    deliver(std::move(told.event));
}

void EngineTalk::deliver(Event event) {
    shift_requests(event, behind_engine_);
    unanswered_.note(event);
    followed_.follow(event);
    events_.push_back(std::move(event));
}

void EngineTalk::hear(const Attempted& attempted) {
    if (!welcomed_) fail(name_, "what was attempted", "a welcome first");
    unanswered_.note_attempted({attempted.id.value + behind_engine_});
}

void EngineTalk::hear(FolderListed listed) { news_.emplace_back(std::move(listed)); }

void EngineTalk::send(const Request& request) {
    say(Posted{{request.id.value - behind_engine_}, request.command});
}

void EngineTalk::say(const WindowMessage& message) {
    outgoing_ += frame_of(to_json(message));
    wake_.ring();
}

void EngineTalk::become(ConnectionChanged now) {
    now_ = now;
    news_.emplace_back(std::move(now));
}

} // namespace lora
