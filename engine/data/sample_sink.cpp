#include "engine/data/sample_sink.h"

#include "engine/data/summary_json.h"

#include <utility>

namespace lora {

namespace {

std::size_t bytes_in_memory(const Example& example) {
    return sizeof example + example.ids.size() * sizeof(TokenId) + example.learned.size() / 8;
}

} // namespace

bool SampleSink::add(Example example) {
    if (writer_) {
        write(example);
        return true;
    }
    memory_bytes_ += bytes_in_memory(example);
    in_memory_.push_back(std::move(example));
    const bool keeps = cache_ != nullptr && !cache_->settings().folder.empty();
    return !keeps || memory_bytes_ <= cache_->settings().memory_bytes || spill();
}

bool SampleSink::spill() {
    writer_ = cache_->begin(stop_);
    if (!writer_) return false;
    for (const Example& example : in_memory_) write(example);
    in_memory_ = {};
    return true;
}

void SampleSink::write(const Example& example) {
    try {
        writer_->add(example);
    } catch (const Error& error) {
        throw CacheUnusable(error.what());
    }
}

Samples SampleSink::finish(DatasetSummary& summary, const SampleBounds& bounds, bool dated) {
    if (!writer_) return Samples(std::move(in_memory_));
    const auto file = cache_->keep(*writer_, {{"summary", json_of(summary)}}, bounds, dated);
    summary.kept_in = file->path();
    return Samples(file);
}

} // namespace lora
