#pragma once
// All rows of a file that a test writes.

#include "engine/data/dataset_file.h"
#include "engine/error.h"
#include "tests/files/scratch.h"

#include <string>
#include <vector>

inline std::vector<lora::Row> rows_of(const std::string& bytes, const std::string& name = "data.jsonl") {
    const Scratch scratch;
    lora::DatasetFile file(scratch.write(name, bytes));
    std::vector<lora::Row> all;
    if (file.is_plain_text()) {
        file.text();
        return all;
    }
    lora::RowReader rows = file.rows();
    while (auto row = rows.next()) all.push_back(std::move(*row));
    return all;
}

inline std::string refusal(const std::string& bytes, const std::string& name = "data.jsonl") {
    return message_of<lora::Error>([&] { rows_of(bytes, name); });
}
