#pragma once
// Rows taken into a survey's counts one after the other, each with the marks that it can be looked for by.

#include "engine/data/example.h"
#include "engine/data/fed_rows.h"
#include "engine/data/seen_samples.h"
#include "engine/survey/counts.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lora {

/// What rows can be looked for by.
enum class RowMark { Cut, LeftOut, Duplicate };

class RowTally {
public:
    /// `deduplicate`: samples that repeat an earlier one are left out.
    explicit RowTally(bool deduplicate) : deduplicate_(deduplicate) {}

    /// Counts the next row, and keeps its marks.
    void take(const FedRow& row, SurveyCounts& counts) { marks_.push_back(counted(row, counts)); }
    /// Counts what needs all rows: how they are packed, what they are read as and what `maker` has to say.
    void finish(const std::string& format, const ExampleMaker& maker, SurveyCounts& counts) const;

    // Of the rows so far; indices are from 0.

    /// Throws std::out_of_range for a row that was not taken.
    bool has(RowMark mark, std::int64_t index) const;
    /// The next row with this mark behind `from`, round the end back to it; none if there is none.
    std::optional<std::int64_t> next(RowMark mark, std::int64_t from) const;
    /// The row that is the longest one before the cut, the first of several; none without rows.
    std::optional<std::int64_t> longest() const;

private:
    /// The row's marks.
    std::uint8_t counted(const FedRow& row, SurveyCounts& counts);

    bool deduplicate_;
    std::vector<std::uint8_t> marks_; ///< of each row, a bit for each
    SeenSamples seen_;
    std::map<const RowShape*, std::int64_t> shapes_;
    bool exchanges_ = false;
    std::map<std::int64_t, std::int64_t> fed_lengths_; ///< of samples, within the limit
    std::int64_t longest_ = -1;
};

} // namespace lora
