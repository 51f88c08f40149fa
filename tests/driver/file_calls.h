#pragma once
// The calls by which this program changes a disk, counted while a test wants it, and one of them made to fail
// or to be the process's last. They stand before the C library's in the test's own program, so that
// everything in it makes them.

#include <cstdint>
#include <string>

enum class FileCall : std::uint8_t {
    Any,
    Open,
    Write,
    Sync,
    Rename,
    MakeFolder,
    Resize,
    Remove,
    Map,
    Memory
};

struct Interruption {
    FileCall call = FileCall::Any;
    int at = 0;         ///< the call of that kind that is struck, from 1; 0: none
    int error = 0;      ///< errno that it fails with; 0: the process is killed in front of it
    bool lasts = false; ///< the calls of its kind after it fail too
};

/// Counts calls on files below `folder` from now on, and strikes one. Memory: allocations of C++ and C,
/// wherever they come from; they are no call of the kind Any.
void count_file_calls(const std::string& folder, const Interruption& interruption = {});
void stop_counting();
int file_calls(FileCall call);
