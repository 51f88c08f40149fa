#include "engine/data/sample_file.h"

#include "engine/error.h"
#include "engine/files/bytes.h"
#include "engine/files/digest.h"
#include "engine/files/staging.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace lora {

namespace {

constexpr std::string_view magic = "LORATOKS";
constexpr std::size_t digest_letters = 64;
constexpr std::size_t front_bytes = magic.size() + 16 + digest_letters + 8;
constexpr std::int64_t sample_file_format = 1;
constexpr std::size_t index_samples = 1 << 16;
constexpr std::size_t entry_bytes = 16;
constexpr std::size_t buffer_bytes = 1 << 20;
constexpr JsonLimits header_limits{.size_bytes = 256 << 20, .depth = 16};

std::string_view letters_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Number>
void append_number(std::string& bytes, Number number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

} // namespace

SampleFile::SampleFile(const std::string& path) : file_(path) {
    read_header();
    const JsonFields fields(header_, path);
    if (fields.integer("format", 0, std::numeric_limits<std::int32_t>::max()) != sample_file_format)
        refuse("another version's file");
    count_ =
        static_cast<std::size_t>(fields.integer("samples", 0, std::numeric_limits<std::uint32_t>::max()));
    bounds_.ids = fields.integer("ids_below", 0, std::numeric_limits<TokenId>::max());
    bounds_.labels = fields.integer("labels_below", 0, std::numeric_limits<std::int32_t>::max());
    const Json* indices = fields.find("indices");
    if (indices == nullptr || !indices->is_array()
        || indices->size() != (count_ + index_samples - 1) / index_samples)
        refuse("another number of indices than its samples have");
    for (std::size_t i = 0; i < indices->size(); ++i) {
        const std::uint64_t begin =
            (*indices)[i].is_number_unsigned() ? (*indices)[i].get<std::uint64_t>() : 0;
        const std::size_t entries = std::min(index_samples, count_ - i * index_samples);
        const auto end = checked_add(begin, entries * entry_bytes);
        if (begin < front_bytes || !end || *end > size_bytes()) refuse("an index outside of the file");
        indices_.push_back(begin);
    }
}

void SampleFile::read_header() {
    ByteReader front(file_.bytes(), path());
    front.require(1, front_bytes, "the file's front");
    if (letters_of(front.take(magic.size(), "the format's name")) != magic) refuse("another file");
    const auto begin = front.number<std::uint64_t>("the header's begin");
    const auto size = front.number<std::uint64_t>("the header's size");
    const std::string digest(letters_of(front.take(digest_letters, "the header's digest")));
    const auto end = checked_add(begin, size);
    if (begin < front_bytes || !end || *end != size_bytes()) refuse("a header that does not end the file");
    const std::string_view text = letters_of(file_.bytes().subspan(begin));
    if (sha256(text) != digest) refuse("a header with another digest");
    header_ = parse_json(text, path(), header_limits);
}

void SampleFile::refuse(const std::string& found) const {
    fail(path(), found + " among kept tokens", "a file as it was written",
        "delete it: the tokens are made anew from the data");
}

SampleFile::Entry SampleFile::entry(std::size_t index) const {
    Entry entry;
    const std::uint64_t place = indices_[index / index_samples] + index % index_samples * entry_bytes;
    std::memcpy(&entry.begin, &file_.bytes()[place], sizeof entry.begin);
    std::memcpy(&entry.key, &file_.bytes()[place + sizeof entry.begin], sizeof entry.key);
    return entry;
}

Example SampleFile::sample(std::size_t index) const {
    const Entry at = entry(index);
    if (at.begin >= size_bytes()) refuse("a sample outside of the file");
    auto sample = sample_in(file_.bytes().subspan(at.begin), at.key, bounds_);
    if (!sample) refuse("sample " + std::to_string(index + 1) + " damaged");
    return std::move(*sample);
}

SampleWriter::SampleWriter(std::string path)
    : path_(std::move(path)), staged_(name_beside(path_, ".tmp-")), temporary_(staged_),
      file_(
          open_file(staged_, O_WRONLY | O_CREAT | O_EXCL, "a folder that can be written", parent_of(path_))),
      buffer_(front_bytes, '\0'), written_(front_bytes) {}

SampleWriter::~SampleWriter() {
    if (!committed_) ::unlink(staged_.c_str());
}

void SampleWriter::flush() {
    write_all(file_.number(), buffer_, staged_);
    buffer_.clear();
}

void SampleWriter::add(const Example& example) {
    append_number(index_, written_);
    append_number(index_, sample_key(example));
    const std::size_t before = buffer_.size();
    append_sample(buffer_, example);
    written_ += buffer_.size() - before;
    if (++samples_ % index_samples == 0) write_index();
    if (buffer_.size() >= buffer_bytes) flush();
}

void SampleWriter::write_index() {
    if (index_.empty()) return;
    indices_.push_back(written_);
    written_ += index_.size();
    buffer_ += std::exchange(index_, std::string());
}

void SampleWriter::commit(Json header, const SampleBounds& bounds) {
    write_index();
    header["format"] = sample_file_format;
    header["samples"] = samples_;
    header["indices"] = indices_;
    header["ids_below"] = bounds.ids;
    header["labels_below"] = bounds.labels;
    const std::string text = header.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
    buffer_ += text;
    flush();
    std::string front(magic);
    append_number(front, written_);
    append_number(front, std::uint64_t{text.size()});
    front += sha256(text);
    if (::lseek(file_.number(), 0, SEEK_SET) != 0) fail_system(staged_, errno, "a file that can be written");
    write_all(file_.number(), front, staged_);
    sync(file_.number(), staged_);
    if (::rename(staged_.c_str(), path_.c_str()) != 0)
        fail_system(path_, errno, "a place that can be written");
    committed_ = true;
    sync_folder(parent_of(path_));
}

} // namespace lora
