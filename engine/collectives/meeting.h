#pragma once
// Where ranks meet: a small store of words (c10d's TCPStore), held by rank 0 or by whoever started the ranks.
// It trusts whoever can reach its port.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lora {

struct MeetingPlace {
    std::string host;
    std::uint16_t port = 0;   ///< 0, where it is to be held: any that is free
    std::string attempt = {}; ///< what is said in another attempt at the same place is not heard
};

/// A connection to the meeting, for one thread. Each call throws Error where the meeting is gone.
class Meeting {
public:
    /// Holds the meeting, listening at the address of `place.host` alone, which must be this machine's.
    /// `for_other_machines`: they come too, so that the loopback address would be of no use. Throws Error.
    static Meeting hold(MeetingPlace place, std::chrono::milliseconds patience, bool for_other_machines);
    /// Comes to a meeting; tries until it is held. Throws Error after `patience`.
    static Meeting join(MeetingPlace place, std::chrono::milliseconds patience);
    Meeting(Meeting&&) noexcept;
    Meeting& operator=(Meeting&&) = delete;
    ~Meeting();

    const MeetingPlace& place() const { return place_; }
    /// The address at which this machine is seen from there: that of the job's interface.
    std::string own_address() const;

    void say(const std::string& key, const std::string& words) const;
    /// The first words said under this key stay.
    void say_first(const std::string& key, const std::string& words) const;
    bool was_said(const std::string& key) const;
    /// What was said under each key; waits for what was not.
    std::vector<std::string> hear(const std::vector<std::string>& keys) const;
    /// False where `patience` ended before all was said.
    bool wait_for(const std::vector<std::string>& keys, std::chrono::milliseconds patience) const;

    /// The store itself, for c10d.
    struct Store;
    const Store& store() const { return *store_; }

private:
    Meeting(MeetingPlace place, std::unique_ptr<Store> store);
    std::string full(const std::string& key) const { return place_.attempt + "/" + key; }
    std::vector<std::string> full(const std::vector<std::string>& keys) const;

    MeetingPlace place_;
    std::unique_ptr<Store> store_;
};

/// Says why the ranks cannot go on; the first to say so is heard.
void say_over(const Meeting& meeting, const std::string& why);

} // namespace lora
