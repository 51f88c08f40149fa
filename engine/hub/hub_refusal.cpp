#include "engine/hub/hub_refusal.h"

namespace lora {

namespace {

/// "403, 'the hub's own words'".
std::string words_of(const HttpAnswer& answer) {
    const std::string said = answer.header("x-error-message");
    const std::string status = std::to_string(answer.status);
    return said.empty() ? status : status + ", '" + shown(said) + "'";
}

[[noreturn]] void refuse_gated(
    const HttpAnswer& answer, const Subject& subject, const HubSettings& settings) {
    const std::string page = settings.endpoint + page_path(subject.repository);
    fail(subject.place(), "a gated repository (" + words_of(answer) + ")", "access to it",
        "ask for access on " + page + " in a browser, then "
            + (settings.token.empty() ? "set HF_TOKEN to a token of that account"
                                      : "see that the token in use is one of that account and may read it"));
}

[[noreturn]] void refuse_without_rights(
    const HttpAnswer& answer, const Subject& subject, const HubSettings& settings) {
    const std::string kind(word(subject.repository.kind));
    if (answer.header("x-error-code") == "GatedRepo") refuse_gated(answer, subject, settings);
    if (answer.status == 403)
        fail(subject.place(), "a " + kind + " that may not be read (" + words_of(answer) + ")",
            "access to it",
            settings.token.empty() ? "set HF_TOKEN to a token that may read it"
                                   : "the token that is set has too few rights; choose another in HF_TOKEN");
    if (settings.token.empty())
        fail(subject.place(), "no public " + kind + " of this name (" + words_of(answer) + ")",
            "a name that the hub knows", "look at the name; for a private one set HF_TOKEN");
    fail(subject.place(), "a token that the hub does not take for it (" + words_of(answer) + ")",
        "a name that the hub knows, and a token that may read it",
        "look at the name; make a new token on the hub's settings page and set HF_TOKEN");
}

[[noreturn]] void refuse_absent(const HttpAnswer& answer, const Subject& subject) {
    const std::string code = answer.header("x-error-code");
    const Repository& repository = subject.repository;
    if (code == "RevisionNotFound")
        fail(subject.place(), "no revision '" + shown(repository.revision) + "' (" + words_of(answer) + ")",
            "a branch, a tag or a commit of it");
    if (code == "EntryNotFound" || (code.empty() && !subject.file.empty()))
        fail(subject.place(), "no such file (" + words_of(answer) + ")", "a file of the repository");
    const bool model = repository.kind == RepositoryKind::Model;
    fail(subject.place(), "no such " + std::string(word(repository.kind)) + " (" + words_of(answer) + ")",
        "a name that the hub knows",
        std::string("look at the name, and whether it is a ") + (model ? "dataset" : "model"));
}

[[noreturn]] void refuse_busy(const HttpAnswer& answer, const Subject& subject, const HubSettings& settings) {
    const std::string when = answer.retry_after.count() > 0
                                 ? "in " + std::to_string(answer.retry_after.count()) + " seconds"
                                 : std::string("in some minutes");
    std::string advice = "try again " + when + "; what has come is kept";
    if (answer.status == 429 && settings.token.empty()) advice += "; with HF_TOKEN the hub allows more";
    const std::string found = answer.status == 429   ? "too many requests"
                              : answer.status == 408 ? "a request that took too long"
                                                     : "a server in trouble";
    throw TryAgain(Error(subject.place(), found + " (" + words_of(answer) + ")", "an answer", advice),
        answer.retry_after);
}

} // namespace

void refuse(const HttpAnswer& answer, const Subject& subject, const HubSettings& settings) {
    if (answer.status == 401 || answer.status == 403) refuse_without_rights(answer, subject, settings);
    if (answer.status == 404) refuse_absent(answer, subject);
    if (answer.status == 408 || answer.status == 429 || answer.status >= 500)
        refuse_busy(answer, subject, settings);
    fail(subject.place(), "the answer " + words_of(answer), "200 with what was asked for",
        "look at HF_ENDPOINT and the proxy's settings");
}

void refuse_elsewhere(const HttpAnswer& answer, const Subject& subject, const std::string& host) {
    if (answer.status != 401 && answer.status != 403) return;
    throw TryAgain(
        Error(subject.place(),
            "a refusal (" + words_of(answer) + ") of " + shown(host) + ", to which the hub sends for it",
            "its contents", "try again later; what has come is kept"),
        answer.retry_after);
}

} // namespace lora
