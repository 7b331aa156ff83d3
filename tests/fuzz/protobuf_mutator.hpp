// tests/fuzz/protobuf_mutator.hpp: changes protobuf messages so that they stay protobuf: bytes flipped at random
// hardly ever get past the lengths of the outermost messages.
//
//   ProtobufMutator mutator(seed, {{4, operator_names()}});     // words to try in place of strings of field 4
//   std::string changed = mutator.mutate(message);
//
// Nothing here knows ONNX: whatever parses as a message is taken for one.
#pragma once

#include <cstdint>
#include <map>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>
#include <random>
#include <string>
#include <vector>

// Only there where libFuzzer is; a replay never mutates.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t most);

namespace chipcast {

class ProtobufMutator {
 public:
  using Words = std::map<std::uint32_t, std::vector<std::string>>;  // by field number

  ProtobufMutator(unsigned seed, const Words& words) : random_(seed), words_(words) {}

  std::string mutate(const std::string& message) {
    Message root;
    if (!parse(message, root, 0) || root.empty()) return message;
    for (std::size_t changes = 1 + pick(4); changes > 0; --changes) change(root);
    return serialize(root);
  }

 private:
  struct Element;
  using Message = std::vector<Element>;
  struct Element {
    std::uint32_t number = 0;
    protozero::pbf_wire_type type = protozero::pbf_wire_type::varint;
    std::uint64_t bits = 0;  // of a varint or a fixed number
    std::string bytes = {};  // of a string
    Message message = {};    // of a nested message, instead
  };

  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  static bool parse(const std::string& bytes, Message& message, int depth) {
    constexpr int deepest = 80;
    if (depth > deepest) return false;
    try {
      for (protozero::pbf_reader reader(bytes); reader.next();) {
        Element element{.number = reader.tag(), .type = reader.wire_type()};
        switch (element.type) {
          case protozero::pbf_wire_type::varint:
            element.bits = reader.get_uint64();
            break;
          case protozero::pbf_wire_type::fixed32:
            element.bits = reader.get_fixed32();
            break;
          case protozero::pbf_wire_type::fixed64:
            element.bits = reader.get_fixed64();
            break;
          default: {
            std::string nested = reader.get_bytes();
            if (nested.empty() || !parse(nested, element.message, depth + 1)) {
              element.message.clear();
              element.bytes = std::move(nested);
            }
          }
        }
        message.push_back(std::move(element));
      }
    } catch (const protozero::exception&) {
      return false;
    }
    return true;
  }

  static std::string serialize(const Message& message) {
    std::string out;
    protozero::pbf_writer writer(out);
    for (const Element& element : message) {
      switch (element.type) {
        case protozero::pbf_wire_type::varint:
          writer.add_uint64(element.number, element.bits);
          break;
        case protozero::pbf_wire_type::fixed32:
          writer.add_fixed32(element.number, static_cast<std::uint32_t>(element.bits));
          break;
        case protozero::pbf_wire_type::fixed64:
          writer.add_fixed64(element.number, element.bits);
          break;
        default:
          writer.add_bytes(element.number,
                           element.message.empty() ? element.bytes : serialize(element.message));
      }
    }
    return out;
  }

  // Every message of the tree that has elements.
  static void collect(Message& message, std::vector<Message*>& all) {
    if (message.empty()) return;
    all.push_back(&message);
    for (Element& element : message) collect(element.message, all);
  }

  void change(Message& root) {
    std::vector<Message*> all;
    collect(root, all);
    if (all.empty()) return;
    Message& message = *all[pick(all.size())];
    const std::size_t at = pick(message.size());
    Element& element = message[at];
    switch (pick(8)) {
      case 0:
        message.erase(message.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        message.push_back(Element(element));
        break;
      case 2:
        std::swap(element, message[pick(message.size())]);
        break;
      case 3: {  // what stands elsewhere under the same number: another name, shape, tensor, node
        const Message& donor = *all[pick(all.size())];
        for (std::size_t tries = 0; tries < 8; ++tries) {
          const Element& other = donor[pick(donor.size())];
          if (other.number != element.number || other.type != element.type) continue;
          element = Element(other);
          break;
        }
        break;
      }
      default:
        change_value(element);
    }
  }

  void change_value(Element& element) {
    if (element.type != protozero::pbf_wire_type::length_delimited) {
      constexpr std::uint64_t interesting[] = {
          0,  1,  2,    3,          4,          5,          7,          8,          16,    63,
          64, 65, 4096, 0x7FFFFFFF, 1ULL << 40, 1ULL << 62, ~0ULL >> 1, 1ULL << 63, ~0ULL, ~1ULL};
      element.bits = pick(4) == 0 ? element.bits + pick(3) - 1 : interesting[pick(std::size(interesting))];
      return;
    }
    if (!element.message.empty()) return;
    const auto known = words_.find(element.number);
    if (known != words_.end() && pick(2) == 0) {
      element.bytes = known->second[pick(known->second.size())];
    } else if (LLVMFuzzerMutate != nullptr) {
      const std::size_t size = element.bytes.size();
      element.bytes.resize(size + 8);
      element.bytes.resize(
          LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(element.bytes.data()), size, size + 8));
    }
  }

  std::mt19937 random_;
  const Words& words_;
};

}  // namespace chipcast
