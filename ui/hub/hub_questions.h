#pragma once
// Asks the hub on another thread: what it has under some words, and what one repository is. Nothing is asked
// before a call.

#include "engine/hub/file_offers.h"
#include "engine/hub/hub_settings.h"
#include "engine/hub/search.h"
#include "ui/elements/background_reader.h"

#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

/// Read anew for each question: a token that is kept meanwhile is in use at the next.
using ReadHubSettings = std::function<HubSettings()>;

/// One repository, as a person looks at it before a download.
struct HubEntry {
    RepositoryInfo info;
    std::string card;              ///< README.md; empty: none
    std::vector<FileOffer> offers; ///< empty: `refusal` says why
    std::string refusal;
    HubSettings asked; ///< where and as whom
};

class HubQuestions : public QObject {
    Q_OBJECT
public:
    explicit HubQuestions(ReadHubSettings settings, QObject* parent = nullptr);
    /// Breaks off what is being asked.
    ~HubQuestions() override;

    // A newer question takes the place of the one under way, which is answered no more.

    void search(RepositoryKind kind, const QString& words);
    void look(const Repository& repository);
    void stop();
    bool isAsking() const { return isAsking_; }

Q_SIGNALS:
    void changed(); ///< whether something is being asked
    void found(const std::vector<lora::FoundRepository>& repositories);
    void looked(std::shared_ptr<const lora::HubEntry> entry);
    void failed(const QString& why);

private:
    template <class Read, class Answer>
    void ask(Read read, Answer answer);
    /// Whether the answer is to the last question; nothing is asked from then on.
    bool isLast(int number);

    ReadHubSettings settings_;
    std::stop_source stop_;
    int number_ = 0; ///< of the last question
    bool isAsking_ = false;
    BackgroundReader reader_; ///< goes first: what is queued for the rest goes with it
};

} // namespace lora
