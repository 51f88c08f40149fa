#pragma once
// A command with its standard input, output and error at this end. Nothing here waits.

#include "engine/files/descriptor.h"

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace lora {

class PipedProcess {
public:
    /// Throws Error where it cannot be started.
    explicit PipedProcess(std::vector<std::string> words);
    PipedProcess(const PipedProcess&) = delete;
    PipedProcess& operator=(const PipedProcess&) = delete;
    /// Ends it where it has not ended, by SIGTERM and soon by SIGKILL.
    ~PipedProcess();

    int input() const { return input_.number(); }
    int output() const { return output_.number(); }
    int errors() const { return errors_.number(); }

    /// What has come of its output; false at its end.
    bool hear(std::string& output);
    /// Takes what has come of its standard error into last_words(); false at its end.
    bool hear_errors();
    /// Sends what it takes now and removes it. False where it takes nothing any more.
    bool send(std::string& bytes);

    /// The end of its standard error, made safe to show, or else how it ended; waits for its end.
    std::string last_words();

private:
    using Ends = std::pair<Descriptor, Descriptor>; ///< one for it, one for us
    PipedProcess(std::vector<std::string> words, Ends input, Ends output, Ends errors);

    /// Waits for its end; after a while it is ended.
    void await_end();

    Descriptor input_, output_, errors_;
    pid_t id_ = 0; ///< 0: it has ended
    int status_ = 0;
    std::string words_;
};

} // namespace lora
