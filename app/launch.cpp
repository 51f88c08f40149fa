// What starts first under the name of each program: settles what LibTorch's threads read before any of our
// code could, then becomes the program of the same name: in libexec beside it, or where an installation keeps
// it.

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace {

// OpenMP's threads wait for each other by spinning, some 300,000 turns unless told otherwise. On a machine
// that is also busy with something else they then burn the time that the one they wait for needs: training
// falls to a tenth of its speed and less. A short spin is as fast on an idle machine. The user's own setting
// is kept.
constexpr const char* spin_turns = "4000";

} // namespace

int main(int, char** words) {
    if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", spin_turns, 0);
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    const std::filesystem::path beside = self.parent_path() / "libexec" / self.filename();
    execv(beside.c_str(), words);
    const std::filesystem::path installed =
        self.parent_path().parent_path() / LORA_PRIVATE_FOLDER / self.filename();
    execv(installed.c_str(), words);
    std::perror(installed.c_str());
    return 1;
}
