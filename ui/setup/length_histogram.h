#pragma once
// How long the samples are, with the limit that cuts them.

#include <QWidget>
#include <cstdint>
#include <map>
#include <vector>

namespace lora {

struct LengthBins {
    std::int64_t width = 1; ///< tokens a bin
    std::vector<std::int64_t> counts;
};

/// Tokens of a row → rows.
using RowLengths = std::map<std::int64_t, std::int64_t>;

/// At most `bins` bins of one whole width from 0 to the longest.
LengthBins lengthBins(const RowLengths& lengths, std::size_t bins);

class LengthHistogram : public QWidget {
    Q_OBJECT
public:
    explicit LengthHistogram(QWidget* parent = nullptr);
    void setLengths(const RowLengths& lengths, std::int64_t limit);
    QSize sizeHint() const override { return {200, 64}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    LengthBins bins_;
    std::int64_t longest_ = 0;
    std::int64_t limit_ = 0;
};

} // namespace lora
