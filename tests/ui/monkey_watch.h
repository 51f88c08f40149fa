#pragma once
// Ends the process with the last actions where the window does not answer any more.

#include <QStringList>
#include <functional>
#include <thread>

namespace lora {

class MonkeyWatch {
public:
    /// `last` gives the actions; asked once, while the window's thread stands still.
    explicit MonkeyWatch(std::function<QStringList()> last);

    /// The window has answered.
    static void beat();

private:
    std::jthread thread_;
};

} // namespace lora
