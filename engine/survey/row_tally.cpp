#include "engine/survey/row_tally.h"

#include "engine/data/dataset.h"
#include "engine/data/packing.h"
#include "engine/data/summary.h"

#include <algorithm>
#include <cstddef>

namespace lora {

namespace {

constexpr std::uint8_t bit_of(RowMark mark) {
    return static_cast<std::uint8_t>(1U << static_cast<int>(mark));
}

} // namespace

std::uint8_t RowTally::counted(const FedRow& row, SurveyCounts& counts) {
    const std::int64_t index = counts.rows++;
    const std::int64_t length = row.length();
    ++counts.lengths[length];
    if (length > counts.longest || longest_ < 0) {
        counts.longest = length;
        longest_ = index;
    }
    if (row.shape != nullptr) ++shapes_[row.shape];
    exchanges_ |= row.kind == Row::Kind::Exchange;
    if (row.left_out) {
        ++counts.left_out;
        return bit_of(RowMark::LeftOut);
    }
    std::uint8_t marks = 0;
    const Example& example = row.example;
    if (seen_.knows(example)) {
        ++counts.duplicates;
        marks |= bit_of(RowMark::Duplicate);
    }
    counts.duplicates_among = seen_.compared_fully();
    counts.repeated_left_out = deduplicate_ && counts.duplicates > 0;
    if (deduplicate_ && marks != 0) return marks;
    ++counts.samples;
    counts.tokens += static_cast<std::int64_t>(example.ids.size());
    counts.learned_tokens += example.learned_tokens();
    counts.cut_off += static_cast<std::int64_t>(row.cut_off.size());
    ++fed_lengths_[static_cast<std::int64_t>(example.ids.size())];
    count_label(counts, example);
    if (row.is_cut()) {
        ++counts.cut;
        marks |= bit_of(RowMark::Cut);
    }
    return marks;
}

void RowTally::finish(const std::string& format, const ExampleMaker& maker, SurveyCounts& counts) const {
    counts.packing = packed(fed_lengths_, counts.max_length);
    DatasetSummary told;
    told.path = counts.path;
    tell_shapes(told, format, shapes_, maker, exchanges_);
    counts.read_as = told.read_as;
    for (const std::string& warning : told.warnings) counts.notes.push_back(warning);
}

bool RowTally::has(RowMark mark, std::int64_t index) const {
    return (marks_.at(static_cast<std::size_t>(index)) & bit_of(mark)) != 0;
}

std::optional<std::int64_t> RowTally::next(RowMark mark, std::int64_t from) const {
    const auto has_it = [mark](std::uint8_t marks) { return (marks & bit_of(mark)) != 0; };
    const auto begin = marks_.begin(), end = marks_.end();
    const auto behind = begin + std::clamp<std::int64_t>(from + 1, 0, end - begin);
    auto found = std::find_if(behind, end, has_it);
    if (found != end) return found - begin;
    found = std::find_if(begin, behind, has_it);
    return found == behind ? std::nullopt : std::optional<std::int64_t>(found - begin);
}

std::optional<std::int64_t> RowTally::longest() const {
    return longest_ < 0 ? std::nullopt : std::optional(longest_);
}

} // namespace lora
