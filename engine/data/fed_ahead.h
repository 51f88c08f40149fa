#pragma once
// The rows of a dataset, made into samples on several threads ahead of the one that is asked for.

#include "engine/data/fed_rows.h"

#include <cstddef>
#include <deque>
#include <exception>
#include <future>
#include <optional>
#include <vector>

namespace lora {

class FedAhead {
public:
    explicit FedAhead(FedRows rows);
    FedAhead(const FedAhead&) = delete;
    FedAhead& operator=(const FedAhead&) = delete;
    ~FedAhead() = default;

    /// As FedRows::next(), in the same order and with the same refusals.
    std::optional<FedRow> next();
    double done() const { return rows_.done(); }
    /// What makes the samples, with what it has to say of those so far.
    const ExampleMaker& maker() const { return maker_; }

private:
    /// What came of some rows: those before the fault, and the fault.
    struct Made {
        std::vector<FedRow> rows;
        ExampleMaker maker;
        std::exception_ptr fault;
    };
    bool read_on();
    void take(Made made);
    Made made_of(const std::vector<Row>& rows) const;

    FedRows rows_;
    ExampleMaker maker_;
    std::deque<std::future<Made>> ahead_;
    std::deque<FedRow> ready_;
    std::exception_ptr fault_; ///< of the row behind those that are ready
    bool at_end_ = false;      ///< nothing is left to be read
};

} // namespace lora
