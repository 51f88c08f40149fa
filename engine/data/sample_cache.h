#pragma once
// The tokens of large datasets, kept in a folder from run to run: a file for each dataset, tokenizer and way
// of reading. One whose data have changed is made anew; the folder has a bound, beyond which those go that
// were not used for the longest time.

#include "engine/data/dataset_files.h"
#include "engine/data/goal.h"
#include "engine/data/sample_cache_settings.h"
#include "engine/data/sample_file.h"
#include "engine/error.h"
#include "engine/files/file_stamp.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lora {

/// Tokens cannot be kept: no room, no right to write. They can still be made.
class CacheUnusable : public Error {
public:
    using Error::Error;
};

class SampleCache {
public:
    /// Of the samples that come of these files, read by this tokenizer for this goal.
    SampleCache(const DatasetFiles& files, const Tokenizer& tokenizer, std::int64_t max_length,
        const Goal& goal, SampleCacheSettings settings = sample_cache_settings());

    const SampleCacheSettings& settings() const { return settings_; }
    /// The samples as they are kept; null where there are none, or they are damaged or of other contents.
    std::shared_ptr<const SampleFile> find();
    /// What find() met that is damaged, in a sentence; empty: nothing.
    const std::string& fault() const { return fault_; }

    /// A file to write them to; settings() must have a folder. Only one process at a time has one: others
    /// wait here, and get null where the first one has made them. Throws CacheUnusable, and Error where
    /// `stop` ends the wait.
    std::unique_ptr<SampleWriter> begin(const std::stop_token& stop);
    /// The written file, in its place. `header`: what it is to hold besides; `dated`: the tokens have the
    /// date of today in them, and are no others' tomorrow. Throws CacheUnusable, and Error where the data
    /// have changed meanwhile.
    std::shared_ptr<const SampleFile> keep(
        SampleWriter& writer, Json header, const SampleBounds& bounds, bool dated);
    /// Lets others begin, where nothing came of what was begun.
    void give_up() { lock_.reset(); }

private:
    struct KnownFile {
        std::string path;
        FileStamp stamp;
    };
    bool is_of_these_files(const Json& header) const;
    bool is_file(const Json& described, const KnownFile& file) const;
    Json described_files() const;

    SampleCacheSettings settings_;
    std::vector<KnownFile> files_;
    Json key_;
    std::string path_;
    std::string fault_;
    std::optional<Descriptor> lock_;
};

} // namespace lora
