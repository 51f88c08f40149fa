#pragma once
// The commands whose outcome nobody has heard of yet: sent again where a connection was cut before they
// arrived, and refused where the engine ended before it told.

#include "engine/worker/messages.h"

#include <deque>
#include <vector>

namespace lora {

class Unanswered {
public:
    void add(Request request);
    /// All up to this one were attempted. What goes on step by step then still has an answer to come.
    void note_attempted(RequestId id);
    void note(const Event& event);
    /// Those behind `id`, in order.
    std::vector<Request> behind(RequestId id) const;
    /// All, in order; none is left.
    std::vector<Request> take();

private:
    std::deque<Request> requests_;
};

/// Puts every number of a request in the event up by `by`; what comes below 1 then is 0, nobody's here.
void shift_requests(Event& event, std::int64_t by);

} // namespace lora
