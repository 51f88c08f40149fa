// A config.json from a stranger: whatever one of its fields holds, the model opens and computes, or is
// refused with a sentence. Every field of every fixture's configuration, one at a time.

#include "engine/error.h"
#include "engine/files/json.h"
#include "tests/files/scratch.h"
#include "tests/models/tiny_llama.h"

#include <QTest>
#include <filesystem>

using namespace lora;

namespace {

namespace fs = std::filesystem;

/// What no field means, or what ends a careless reader: other types, signs, nothing, endless.
const Json strange_values[] = {nullptr, "no such word", -1, 0, 1, 1e300, Json::array({-1, "x"})};

/// The folder's files beside a configuration of the test's own.
class Changed {
public:
    explicit Changed(const fs::path& folder) {
        fs::copy_file(folder / "model.safetensors", scratch_.path("model.safetensors"));
    }
    std::string weights() const { return scratch_.read("model.safetensors"); }
    void put_weights(const std::string& bytes) const { scratch_.write("model.safetensors", bytes); }
    /// What opening it, and computing with it, says; empty where it goes through.
    std::string said(const Json& config) const {
        scratch_.write("config.json", config.dump());
        try {
            const auto model = open_llama(scratch_.path("."));
            const c10::NoGradGuard no_gradient;
            const at::Tensor hidden = model->hidden(PackedTokens::pack({{1, 2, 3, 4, 5}}, at::kCPU), Pass{});
            static_cast<void>(model->logits(hidden.narrow(0, 0, 1), Pass{}));
        } catch (const Error& refused) {
            return std::string(refused.what()).empty() ? "an empty sentence" : "";
        } catch (const std::exception& other) {
            return other.what();
        }
        return "";
    }

private:
    Scratch scratch_;
};

std::uint64_t number_at(const std::string& bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

Json config_of(const fs::path& folder) {
    std::ifstream file(folder / "config.json");
    return Json::parse(file);
}

} // namespace

class HostileConfigTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void no_field_brings_the_program_down_data() {
        QTest::addColumn<QString>("folder");
        for (const char* kind : {"/architectures", "/encoders"})
            for (const auto& entry : fs::directory_iterator(std::string(FIXTURES) + kind))
                if (fs::exists(entry.path() / "config.json")
                    && fs::exists(entry.path() / "model.safetensors"))
                    QTest::newRow(entry.path().filename().c_str())
                        << QString::fromStdString(entry.path().string());
    }
    void no_field_brings_the_program_down() {
        QFETCH(QString, folder);
        const fs::path path = folder.toStdString();
        const Changed changed(path);
        const Json config = config_of(path);
        QStringList faults;
        const auto tried = [&](const Json& whole, const std::string& field, const Json& value) {
            const std::string said = changed.said(whole);
            if (!said.empty())
                faults << QString::fromStdString(field + " = " + value.dump() + ": " + said.substr(0, 300));
        };
        for (const auto& [field, old] : config.items())
            for (const Json& value : strange_values) {
                Json whole = config;
                whole[field] = value;
                tried(whole, field, value);
                if (!old.is_object()) continue;
                for (const auto& [inner, before] : old.items()) {
                    Json deeper = config;
                    deeper[field][inner] = value;
                    tried(deeper, field + "." + inner, value);
                }
            }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    void no_missing_tensor_brings_the_program_down_data() { no_field_brings_the_program_down_data(); }
    void no_missing_tensor_brings_the_program_down() {
        QFETCH(QString, folder);
        const std::string path = folder.toStdString();
        const Changed changed(path);
        const Json config = config_of(path);
        const std::string whole = changed.weights();
        const Json header = Json::parse(whole.substr(8, static_cast<std::size_t>(number_at(whole))));
        for (const auto& [name, view] : header.items()) {
            if (name == "__metadata__") continue;
            std::string renamed = whole;
            renamed[whole.find('"' + name + '"') + 1] = '?';
            changed.put_weights(renamed);
            const std::string said = changed.said(config);
            QVERIFY2(said.empty(), (name + ": " + said.substr(0, 300)).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(HostileConfigTest)
#include "hostile_config_test.moc"
