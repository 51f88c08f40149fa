#pragma once
// The readers of what strangers write, each as a function of one run of bytes: fed with random ones by
// tests/fuzz/run, and with the kept ones by replay_test.cpp.

#include <string_view>
#include <vector>

namespace lora::fuzz {

/// How a reader's bytes are built, so that what is changed in them leaves something to be read.
enum class Shape { Bytes, Json, Safetensors, Gguf, Protobuf };

struct Reader {
    const char* name; ///< of its folder in corpus/
    Shape shape;
    /// Reads the bytes and uses what came of it. A refusal (lora::Error) is the good end of bad bytes;
    /// whatever else is thrown is a fault.
    void (*read)(std::string_view bytes);
};

const std::vector<Reader>& readers();

// Files of tensors: tensor_files.cpp.
void read_safetensors(std::string_view bytes);
void read_safetensors_header_text(std::string_view bytes);
void read_gguf(std::string_view bytes);
// Vocabularies: vocabularies.cpp.
void read_gguf_vocabulary(std::string_view bytes);
void read_tokenizer_json(std::string_view bytes);
void read_sentence_pieces(std::string_view bytes);
void read_pattern(std::string_view bytes);
// Programs: programs.cpp.
void read_chat_template(std::string_view bytes);
void read_typed_number(std::string_view bytes);
// Data: data_files.cpp.
void read_json(std::string_view bytes);
void read_rows(std::string_view bytes);
void read_compressed(std::string_view bytes);
void read_columns(std::string_view bytes);
void read_column_mapping(std::string_view bytes);
// A run's folder and settings: run_files.cpp.
void read_run_folder(std::string_view bytes);
void read_events(std::string_view bytes);
void read_manifest(std::string_view bytes);
void read_sweep(std::string_view bytes);
void read_pattern_of_ranks(std::string_view bytes);
// The hub's answers: hub_answers.cpp.
void read_repository(std::string_view bytes);
void read_found(std::string_view bytes);
void read_http_answer(std::string_view bytes);

// The door of an engine elsewhere: door_frames.cpp.
void read_frames(std::string_view bytes);

} // namespace lora::fuzz
