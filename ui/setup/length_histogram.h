#pragma once
// How long the samples are, with the limit that cuts them.

#include <QWidget>
#include <cstdint>
#include <vector>

namespace lora {

struct LengthBins {
    std::int64_t width = 1; ///< tokens a bin
    std::vector<std::int64_t> counts;
};

/// At most `bins` bins of one whole width from 0 to the longest. `lengths` ascending.
LengthBins lengthBins(const std::vector<std::int64_t>& lengths, std::size_t bins);

class LengthHistogram : public QWidget {
    Q_OBJECT
public:
    explicit LengthHistogram(QWidget* parent = nullptr);
    void setLengths(const std::vector<std::int64_t>& lengths, std::int64_t limit);
    QSize sizeHint() const override { return {200, 64}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    LengthBins bins_;
    std::int64_t longest_ = 0;
    std::int64_t limit_ = 0;
};

} // namespace lora
