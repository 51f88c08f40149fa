#pragma once
// What Qt and the window warn of while this lives, but for what a list explains.

#include <QString>
#include <QStringList>

namespace lora {

class HeardWarnings {
public:
    HeardWarnings();
    HeardWarnings(const HeardWarnings&) = delete;
    HeardWarnings& operator=(const HeardWarnings&) = delete;
    ~HeardWarnings();

    /// All since the last call. A warning comes from any thread.
    QStringList take();
};

} // namespace lora
