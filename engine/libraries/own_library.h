#pragma once
// Libraries that are built and installed beside the program, and loaded only when they are needed: what they
// link would cost every start its memory and the time that loading it takes.

#include <string>

namespace lora {

struct OwnLibrary {
    const char* name;  ///< of its file
    const char* gives; ///< what is missing where it is: "reader of Parquet and Arrow files"
};

/// The address of a function of `library`, which stays loaded to the program's end. `where` names in messages
/// what it was needed for. Throws Error if the library or its function is not there.
void* own_function(const OwnLibrary& library, const char* function, const std::string& where);

} // namespace lora
