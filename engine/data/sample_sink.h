#pragma once
// Takes the samples of a dataset in, one after the other: few stay in memory, many are kept in a file.

#include "engine/data/sample_cache.h"
#include "engine/data/samples.h"
#include "engine/data/summary.h"

#include <cstddef>
#include <memory>
#include <stop_token>
#include <vector>

namespace lora {

class SampleSink {
public:
    /// `cache` null: all stay in memory.
    SampleSink(SampleCache* cache, std::stop_token stop) : cache_(cache), stop_(std::move(stop)) {}

    /// False where another process has kept them all meanwhile, so that nothing more need be read. Throws
    /// CacheUnusable, and Error where `stop` comes.
    bool add(Example example);
    /// All of them. What is kept has the summary with it. `dated`: they hold the date of today. Throws as
    /// SampleCache::keep().
    Samples finish(DatasetSummary& summary, const SampleBounds& bounds, bool dated);

private:
    bool spill();
    void write(const Example& example);

    SampleCache* cache_;
    std::stop_token stop_;
    std::vector<Example> in_memory_;
    std::size_t memory_bytes_ = 0;
    std::unique_ptr<SampleWriter> writer_; ///< none while all are in memory
};

} // namespace lora
