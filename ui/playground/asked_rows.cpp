#include "ui/playground/asked_rows.h"

#include <algorithm>

namespace lora {

namespace {

constexpr qsizetype leastWords = 4;
constexpr qsizetype mostWords = 12;

/// Where the words end that a text is asked by: half of it, within limits.
qsizetype endOfFirstWords(const QString& text) {
    const qsizetype all = text.count(u' ') + 1;
    const qsizetype wanted = std::clamp(all / 2, leastWords, mostWords);
    qsizetype end = 0;
    for (qsizetype word = 0; word < wanted && end >= 0; ++word) end = text.indexOf(u' ', end + 1);
    return end < 0 ? text.size() : end;
}

AskedRow rowOf(const std::vector<PreviewSpan>& sample) {
    AskedRow row;
    auto span = sample.begin();
    for (; span != sample.end() && !span->learned; ++span) row.prompt += QString::fromStdString(span->text);
    for (; span != sample.end() && span->learned; ++span) row.answer += QString::fromStdString(span->text);
    if (!row.prompt.isEmpty()) return row;
    const QString text = row.answer;
    const qsizetype end = endOfFirstWords(text);
    return {text.left(end), text.mid(end)};
}

} // namespace

std::vector<AskedRow> askedRows(const DatasetSummary& data) {
    std::vector<AskedRow> rows;
    if (!data.labels.empty()) return rows;
    for (const auto& sample : data.preview)
        if (AskedRow row = rowOf(sample); !row.prompt.isEmpty()) rows.push_back(std::move(row));
    return rows;
}

} // namespace lora
