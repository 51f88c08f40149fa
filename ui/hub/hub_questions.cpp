#include "ui/hub/hub_questions.h"

#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

constexpr int mostFound = 50;

std::shared_ptr<const HubEntry> entryOf(
    const HubSettings& settings, const Repository& repository, const std::stop_token& stop) {
    HubClient hub(settings);
    auto entry = std::make_shared<HubEntry>();
    entry->asked = settings;
    entry->info = repository_info(hub, repository, stop);
    try {
        entry->offers = file_offers(entry->info);
    } catch (const Error& none) {
        entry->refusal = none.what();
    }
    try {
        entry->card = repository_card(hub, entry->info, stop);
    } catch (const Error& unreadable) { // of a gated one: all else can be shown
        entry->card = unreadable.what();
    }
    return entry;
}

} // namespace

HubQuestions::HubQuestions(ReadHubSettings settings, QObject* parent)
    : QObject(parent), settings_(std::move(settings)) {}

HubQuestions::~HubQuestions() { stop_.request_stop(); }

template <class Read, class Answer>
void HubQuestions::ask(Read read, Answer answer) {
    stop_.request_stop();
    stop_ = std::stop_source();
    const int number = ++number_;
    isAsking_ = true;
    reader_.read([read = std::move(read), settings = settings_,
                     stop = stop_.get_token()] { return read(settings(), stop); },
        [this, number, answer = std::move(answer)](const auto& found) {
            if (isLast(number)) answer(found);
        },
        [this, number](const QString& why) {
            if (isLast(number)) Q_EMIT failed(why);
        });
    Q_EMIT changed();
}

bool HubQuestions::isLast(int number) {
    if (number != number_ || !isAsking_) return false;
    isAsking_ = false;
    Q_EMIT changed();
    return true;
}

void HubQuestions::search(RepositoryKind kind, const QString& words) {
    ask(
        [kind, words = words.toStdString()](const HubSettings& settings, const std::stop_token& stop) {
            HubClient hub(settings);
            return search_hub(hub, kind, words, mostFound, stop);
        },
        [this](const std::vector<FoundRepository>& repositories) { Q_EMIT found(repositories); });
}

void HubQuestions::look(const Repository& repository) {
    ask([repository](const HubSettings& settings,
            const std::stop_token& stop) { return entryOf(settings, repository, stop); },
        [this](const std::shared_ptr<const HubEntry>& entry) { Q_EMIT looked(entry); });
}

void HubQuestions::stop() {
    stop_.request_stop();
    if (!isAsking_) return;
    isAsking_ = false;
    Q_EMIT changed();
}

} // namespace lora
