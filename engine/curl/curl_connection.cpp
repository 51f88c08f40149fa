// The hub's connection through libcurl.

#include "engine/curl/curl_handle.h"
#include "engine/hub/http_door.h"

#include <array>
#include <exception>
#include <utility>

#include <curl/curl.h>

namespace lora {

namespace {

constexpr std::size_t refusal_bytes = 64 << 10; // more of a refusal's words nobody reads
constexpr std::size_t header_bytes = 256 << 10;

CurlLines headers_of(const HttpRequest& request) {
    CurlLines lines(nullptr, &curl_slist_free_all);
    // A packed body could not be gone on with in its middle.
    add_line(lines, "Accept-Encoding: identity");
    if (!request.token.empty()) add_line(lines, "Authorization: Bearer " + request.token);
    return lines;
}

bool is_success(long status) { return status == 200 || status == 206; }

std::string lower(std::string_view text) {
    std::string copy(text);
    for (char& letter : copy)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
    return copy;
}

std::string_view trimmed(std::string_view text) {
    static constexpr std::string_view white = " \t\r\n";
    const auto begin = text.find_first_not_of(white);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(white) + 1 - begin);
}

bool is_of_certificate(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
           || code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS;
}

/// What libcurl's callbacks reach. No exception may cross libcurl: it is kept, and thrown behind it.
struct Transfer {
    const HttpRequest& request;
    const std::string& place;
    const std::stop_token& stop;
    CURL* handle;
    HttpAnswer answer = {};
    std::size_t header_size = 0;
    bool has_enough = false;
    std::exception_ptr failure = nullptr;

    void take_header(std::string_view line) {
        header_size += line.size();
        if (header_size > header_bytes) fail(place, "an answer with endless headers", "an answer of the hub");
        if (line.starts_with("HTTP/")) { // of a proxy, or of "100 Continue", before the answer's own
            answer.headers.clear();
            return;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return;
        answer.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
    }

    void take_body(std::string_view bytes) {
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
        if (request.receive && is_success(answer.status)) return request.receive(answer, bytes);
        const bool refusal = !is_success(answer.status);
        const std::size_t limit = refusal ? refusal_bytes : request.body_limit_bytes;
        if (answer.body.size() + bytes.size() <= limit)
            answer.body += bytes;
        else if (refusal)
            has_enough = true;
        else
            fail(place, "an answer of more than " + std::to_string(limit) + " bytes", "a shorter one");
    }

    /// Runs `work`, keeps what it throws; whether libcurl may go on.
    template <class Work>
    bool keeps(Work work) noexcept {
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        return failure == nullptr && !has_enough;
    }

    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto* transfer = static_cast<Transfer*>(self);
        return transfer->keeps([&] { transfer->take_header({bytes, size * count}); }) ? size * count : 0;
    }

    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
        auto* transfer = static_cast<Transfer*>(self);
        return transfer->keeps([&] { transfer->take_body({bytes, size * count}); }) ? size * count : 0;
    }

    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<Transfer*>(self)->stop.stop_requested() ? 1 : 0;
    }

    void attach() {
        set_option(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
        set_option(handle, CURLOPT_HEADERDATA, this);
        set_option(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
        set_option(handle, CURLOPT_WRITEDATA, this);
        set_option(handle, CURLOPT_NOPROGRESS, 0L);
        set_option(handle, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
        set_option(handle, CURLOPT_XFERINFODATA, this);
    }

    /// What libcurl knows beside the headers.
    HttpAnswer finished() {
        char* redirect = nullptr;
        curl_off_t wait = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
        curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirect);
        curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &wait);
        if (redirect != nullptr) answer.redirect = redirect;
        answer.retry_after = std::chrono::seconds(wait);
        return std::move(answer);
    }

    [[noreturn]] void fail_connection(CURLcode code, const char* words, std::chrono::seconds stall) const {
        if (stop.stop_requested()) throw Error(place + ": stopped; what has come is kept");
        const std::string said = shown(*words != '\0' ? words : curl_easy_strerror(code));
        if (is_of_certificate(code))
            fail(place, "a server that cannot prove who it is (" + said + ")", "a certificate that holds",
                "look at this machine's clock; where a proxy has a certificate of its own, set "
                "SSL_CERT_FILE");
        if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
            fail(place, "an address that cannot be asked (" + said + ")", "an https address");
        if (code == CURLE_OPERATION_TIMEDOUT)
            throw TryAgain(
                Error(place, "a server that is silent for " + std::to_string(stall.count()) + " seconds",
                    "its answer", "try again; what has come is kept"),
                std::chrono::seconds(0));
        throw TryAgain(
            Error(place, "a connection that failed (" + said + ")", "the server's answer",
                "look at the network and the proxy's settings, then try again; what has come is kept"),
            std::chrono::seconds(0));
    }
};

class CurlConnection final : public Connection {
public:
    explicit CurlConnection(std::chrono::seconds stall)
        : handle_(new_curl(), &curl_easy_cleanup), stall_(stall) {}

    HttpAnswer get(
        const HttpRequest& request, const std::string& place, const std::stop_token& stop) override;

private:
    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
    std::chrono::seconds stall_;
};

HttpAnswer CurlConnection::get(
    const HttpRequest& request, const std::string& place, const std::stop_token& stop) {
    CURL* handle = handle_.get();
    curl_easy_reset(handle); // the connection stays open
    be_careful(handle, stall_);
    Transfer transfer{request, place, stop, handle};
    transfer.attach();
    const CurlLines headers = headers_of(request);
    std::array<char, CURL_ERROR_SIZE> words = {};
    const std::string range = std::to_string(request.first_byte) + "-";
    set_option(handle, CURLOPT_URL, request.url.c_str());
    set_option(handle, CURLOPT_HTTPHEADER, headers.get());
    if (request.first_byte > 0) set_option(handle, CURLOPT_RANGE, range.c_str());
    set_option(handle, CURLOPT_ERRORBUFFER, words.data());

    const CURLcode code = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
    if (transfer.failure) std::rethrow_exception(transfer.failure);
    if (code != CURLE_OK && !transfer.has_enough) transfer.fail_connection(code, words.data(), stall_);
    return transfer.finished();
}

} // namespace

} // namespace lora

void lora_connect(std::chrono::seconds stall, std::unique_ptr<lora::Connection>& connection) {
    connection = std::make_unique<lora::CurlConnection>(stall);
}
