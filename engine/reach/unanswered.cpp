#include "engine/reach/unanswered.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace lora {

namespace {

bool goes_on_step_by_step(const Command& command) {
    return std::holds_alternative<Generate>(command) || std::holds_alternative<CompareWithWeights>(command)
           || std::holds_alternative<AdviseRank>(command) || std::holds_alternative<SurveyData>(command)
           || std::holds_alternative<ShowRow>(command);
}

/// Whether more comes of its request.
struct LeavesMore {
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
    bool operator()(const TextGenerated&) const { return true; }
    bool operator()(const AnalysisProgress&) const { return true; }
    bool operator()(const RowSought&) const { return true; }
    bool operator()(const WeightsCompared& each) const { return each.state == AnswerState::UnderWay; }
    bool operator()(const DataSurveyed& each) const { return each.state == AnswerState::UnderWay; }
    bool operator()(const RankAdvised& each) const { return !each.finished; }
};

/// The request that the event names; null: none.
template <class Each>
auto* request_of(Each& each) {
    using Named = std::conditional_t<std::is_const_v<Each>, const RequestId, RequestId>;
    if constexpr (requires { each.request.id; })
        return &each.request.id;
    else if constexpr (requires { each.request.value; })
        return &each.request;
    else
        return static_cast<Named*>(nullptr);
}

} // namespace

void Unanswered::add(Request request) { requests_.push_back(std::move(request)); }

// Of questions that take each other's place only the last one is answered. None goes before it has arrived.
void Unanswered::note_attempted(RequestId id) {
    const auto has_newer = [&](const Request& older) {
        return std::any_of(requests_.begin(), requests_.end(), [&](const Request& each) {
            return each.id.value > older.id.value && each.id.value <= id.value
                   && each.command.index() == older.command.index();
        });
    };
    std::deque<Request> left;
    for (const Request& each : requests_)
        if (each.id.value > id.value || (goes_on_step_by_step(each.command) && !has_newer(each)))
            left.push_back(each);
    requests_ = std::move(left);
}

void Unanswered::note(const Event& event) {
    if (std::visit(LeavesMore{}, event)) return;
    const RequestId* id =
        std::visit([](const auto& each) -> const RequestId* { return request_of(each); }, event);
    if (id == nullptr || *id == RequestId{}) return;
    std::erase_if(requests_, [id](const Request& each) { return each.id == *id; });
}

std::vector<Request> Unanswered::behind(RequestId id) const {
    std::vector<Request> later;
    for (const Request& each : requests_)
        if (each.id.value > id.value) later.push_back(each);
    return later;
}

std::vector<Request> Unanswered::take() {
    std::vector<Request> all(requests_.begin(), requests_.end());
    requests_.clear();
    return all;
}

void shift_requests(Event& event, std::int64_t by) {
    RequestId* id = std::visit([](auto& each) -> RequestId* { return request_of(each); }, event);
    if (id != nullptr && id->value != 0) id->value = std::max<std::int64_t>(0, id->value + by);
}

} // namespace lora
