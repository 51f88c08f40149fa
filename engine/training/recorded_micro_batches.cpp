#include "engine/training/recorded_micro_batches.h"

#include "engine/training/class_loss.h"

#include <algorithm>
#include <array>
#include <utility>

#include <ATen/ATen.h>

namespace lora {

namespace {

constexpr std::size_t most_shapes = 32; // a recording takes some tens of megabytes
// Parameters · tokens. Larger work keeps a GPU busy while the next is queued, so that a recording gains
// nothing, and its recording would hold the intermediate values a second time.
constexpr std::int64_t most_work = 10'000'000'000'000;

/// The tensors of a batch that fused passes read.
std::array<at::Tensor*, 5> tensors_of(Batch& batch) {
    return {&batch.tokens.ids, &batch.tokens.positions, &batch.tokens.starts, &batch.rows, &batch.targets};
}

void copy_into(Batch& to, Batch from) {
    const auto targets = tensors_of(to), sources = tensors_of(from);
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i]->copy_(*sources[i], /*non_blocking=*/true);
}

Batch copy_of(Batch batch) {
    for (at::Tensor* tensor : tensors_of(batch)) *tensor = tensor->clone();
    return batch;
}

// factor: a number, or a tensor that a recording reads anew each time.
template <class Factor>
void add_loss(
    const Model& model, const Batch& batch, const Pass& pass, const Factor& factor, const at::Tensor& total) {
    const at::Tensor loss = task_loss(model, batch, pass) * factor;
    const Timed timed(pass.profile, Phase::Backward);
    loss.backward();
    total.add_(loss.detach());
}

} // namespace

void add_micro_batch(
    const Model& model, const Batch& batch, const Pass& pass, const MicroBatchWeight& weight) {
    add_loss(model, batch, pass, weight.factor, weight.total);
}

RecordedMicroBatches::RecordedMicroBatches(
    const Model& model, std::int64_t parameters, std::unique_ptr<Recorder> recorder)
    : model_(model), parameters_(parameters), recorder_(std::move(recorder)) {}

bool RecordedMicroBatches::records(const Pass& pass, std::int64_t tokens) const {
    return recorder_ && parameters_ <= most_work / tokens && model_.task() == Task::NextToken
           && !pass.activation_offload && model_.runs_fused(pass);
}

void RecordedMicroBatches::add(const Batch& batch, const Pass& pass, const MicroBatchWeight& weight) {
    if (!records(pass, batch.tokens.ids.size(0))) return add_micro_batch(model_, batch, pass, weight);
    KnownShape& known = shapes_[shape_of(batch)];
    known.last_seen = ++count_;
    if (++known.seen == 1) return add_micro_batch(model_, batch, pass, weight);
    if (!known.recording) {
        try {
            record(known, batch, pass);
        } catch (const c10::Error& error) {
            refusal_ = error.what_without_backtrace();
            shapes_.clear();
            recorder_.reset();
            return add_micro_batch(model_, batch, pass, weight);
        }
    }
    const Timed timed(pass.profile, Phase::Recorded);
    copy_into(known.batch, batch);
    known.factor.fill_(weight.factor);
    total_.zero_();
    known.recording->replay();
    weight.total.add_(total_);
}

void RecordedMicroBatches::record(KnownShape& known, const Batch& batch, const Pass& pass) {
    forget_the_oldest();
    const auto number = at::TensorOptions(at::kDouble).device(model_.device());
    if (!total_.defined()) total_ = at::zeros({}, number);
    known.batch = copy_of(batch);
    known.factor = at::zeros({}, number);
    Pass recorded = pass;
    recorded.profile = nullptr; // what is queued is not done
    known.recording = recorder_->record(
        [this, &known, recorded] { add_loss(model_, known.batch, recorded, known.factor, total_); });
}

void RecordedMicroBatches::forget_the_oldest() {
    const auto recorded = std::count_if(
        shapes_.begin(), shapes_.end(), [](const auto& each) { return each.second.recording != nullptr; });
    if (static_cast<std::size_t>(recorded) < most_shapes) return;
    auto oldest = shapes_.end();
    for (auto each = shapes_.begin(); each != shapes_.end(); ++each)
        if (each->second.recording
            && (oldest == shapes_.end() || each->second.last_seen < oldest->second.last_seen))
            oldest = each;
    shapes_.erase(oldest);
}

std::optional<std::string> RecordedMicroBatches::take_refusal() {
    return std::exchange(refusal_, std::nullopt);
}

} // namespace lora
