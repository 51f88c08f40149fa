#pragma once
// Samples in a file that is mapped and never in memory whole:
//
//   "LORATOKS" · u64 begin and u64 size of the header · its SHA-256 (64 letters) · 8 zero bytes
//   samples (sample_bytes.h), and behind every 65,536 of them, and behind the last, their index:
//     u64 begin of the sample in the file · u64 sample_key, for each
//   the header: JSON {"format": 1, "samples": n, "indices": [begin of each index], …} with whatever else the
//   writer wants to keep
//
// The header is verified when the file is opened, an index's place too; a sample when it is read.

#include "engine/data/sample_bytes.h"
#include "engine/data/samples.h"
#include "engine/files/descriptor.h"
#include "engine/files/json.h"
#include "engine/files/left_overs.h"
#include "engine/files/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lora {

class SampleFile : public SampleStore {
public:
    /// Throws Error where it cannot be opened, is damaged, or is none.
    explicit SampleFile(const std::string& path);

    std::size_t size() const override { return count_; }
    Example sample(std::size_t index) const override;
    std::uint64_t key(std::size_t index) const override { return entry(index).key; }

    const std::string& path() const { return file_.path(); }
    std::uint64_t size_bytes() const { return file_.bytes().size(); }
    const Json& header() const { return header_; }

private:
    struct Entry {
        std::uint64_t begin = 0, key = 0;
    };
    void read_header();
    Entry entry(std::size_t index) const;
    [[noreturn]] void refuse(const std::string& found) const;

    MappedFile file_;
    Json header_;
    std::size_t count_ = 0;
    std::vector<std::uint64_t> indices_;
    SampleBounds bounds_;
};

/// Writes such a file beside its place; it appears there when it is whole.
class SampleWriter {
public:
    /// Throws Error for a folder that cannot be written.
    explicit SampleWriter(std::string path);
    SampleWriter(const SampleWriter&) = delete;
    SampleWriter& operator=(const SampleWriter&) = delete;
    ~SampleWriter();

    /// Throws DiskFull or Error.
    void add(const Example& example);
    /// With the members of `header`, an object. Throws DiskFull or Error.
    void commit(Json header, const SampleBounds& bounds);

private:
    void write_index();
    void flush();

    std::string path_, staged_;
    Temporary temporary_;
    Descriptor file_;
    std::string buffer_;        ///< not written yet
    std::uint64_t written_ = 0; ///< bytes, with those of the buffer
    std::string index_;         ///< of the samples behind the last index
    std::vector<std::uint64_t> indices_;
    std::uint64_t samples_ = 0;
    bool committed_ = false;
};

} // namespace lora
