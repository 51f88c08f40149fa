#include "engine/data/fed_ahead.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace lora {

namespace {

// Enough that a thread is worth its while, and few in memory whatever their size.
constexpr std::size_t most_rows = 64;
constexpr std::size_t many_bytes = 256 << 10;

std::size_t parts_at_once() { return std::clamp(std::thread::hardware_concurrency(), 1U, 16U) + 1; }

std::size_t bytes_of(const Row& row) {
    constexpr std::size_t of_parts = 4096;
    std::size_t bytes = row.text.size() + row.prompt.size() + row.completion.size();
    for (const Json& message : row.chat.messages) {
        const auto content = message.find("content");
        const bool is_text = content != message.end() && content->is_string();
        bytes += is_text ? content->get_ref<const std::string&>().size() : of_parts;
    }
    return bytes;
}

} // namespace

FedAhead::FedAhead(FedRows rows) : rows_(std::move(rows)), maker_(rows_.maker()) {}

FedAhead::Made FedAhead::made_of(const std::vector<Row>& rows) const {
    Made made{.rows = {}, .maker = rows_.maker(), .fault = nullptr};
    try {
        for (const Row& row : rows) made.rows.push_back(rows_.fed(row, made.maker));
    } catch (...) {
        made.fault = std::current_exception();
    }
    return made;
}

/// Hands some rows to a thread; false where none is left.
bool FedAhead::read_on() {
    std::vector<Row> rows;
    std::exception_ptr fault;
    try {
        for (std::size_t bytes = 0; rows.size() < most_rows && bytes < many_bytes && !at_end_;) {
            std::optional<Row> row = rows_.read();
            at_end_ = !row;
            if (!row) break;
            bytes += bytes_of(*row);
            rows.push_back(std::move(*row));
        }
    } catch (...) {
        fault = std::current_exception(); // the rows before it come first
        at_end_ = true;
    }
    if (rows.empty() && !fault) return false;
    ahead_.push_back(std::async(std::launch::async, [this, rows = std::move(rows), fault] {
        Made made = made_of(rows);
        if (!made.fault) made.fault = fault;
        return made;
    }));
    return true;
}

void FedAhead::take(Made made) {
    std::move(made.rows.begin(), made.rows.end(), std::back_inserter(ready_));
    maker_.add_notes_of(made.maker);
    fault_ = made.fault;
}

std::optional<FedRow> FedAhead::next() {
    if (rows_.is_of_plain_text()) return rows_.next();
    while (ready_.empty()) {
        if (fault_) std::rethrow_exception(fault_);
        while (!at_end_ && ahead_.size() < parts_at_once() && read_on()) {
        }
        if (ahead_.empty()) return std::nullopt;
        Made made = ahead_.front().get();
        ahead_.pop_front();
        take(std::move(made));
    }
    FedRow row = std::move(ready_.front());
    ready_.pop_front();
    return row;
}

} // namespace lora
