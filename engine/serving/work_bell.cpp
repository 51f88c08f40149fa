#include "engine/serving/work_bell.h"

#include <stop_token>
#include <utility>

namespace lora {

Work with_bell(const std::function<Work(Emit)>& make_work, Emit emit, const std::shared_ptr<WorkBell>& bell) {
    Work work = make_work([emit = std::move(emit), bell](Event event) {
        emit(std::move(event));
        bell->wake.ring();
    });
    work.attempt = [attempt = std::move(work.attempt), bell](const Request& request, std::stop_token stop) {
        struct AtEnd { // also where the request is refused, which the worker tells behind this
            WorkBell& bell;
            std::int64_t id;
            ~AtEnd() {
                bell.attempted = id;
                bell.wake.ring();
            }
        } const at_end{*bell, request.id.value};
        attempt(request, std::move(stop));
    };
    return work;
}

} // namespace lora
