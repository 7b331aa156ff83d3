// Ranks over MPI, where CMake has found one.
#include "ranks/ranks.hpp"

#ifdef CHIPCAST_HAS_MPI

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <utility>

namespace chipcast {
namespace {

// The cores that any of the processes on this machine may run on, shared evenly.
std::size_t share_of_cores() {
  cpu_set_t mine;
  CPU_ZERO(&mine);
  if (sched_getaffinity(0, sizeof(mine), &mine) != 0) return 1;
  MPI_Comm neighbours = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &neighbours);
  int count = 1;
  MPI_Comm_size(neighbours, &count);
  cpu_set_t all = mine;
  MPI_Allreduce(&mine, &all, static_cast<int>(sizeof(mine)), MPI_BYTE, MPI_BOR, neighbours);
  MPI_Comm_free(&neighbours);
  return static_cast<std::size_t>(std::clamp(CPU_COUNT(&all) / count, 1, CPU_COUNT(&mine)));
}

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    int given = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &given);
    is_threaded_ = given >= MPI_THREAD_SERIALIZED;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &number_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
    threads_ = share_of_cores();
  }
  ~MpiRanks() override {
    if (is_waiting_) MPI_Finalize();
  }
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  bool is_threaded() const { return is_threaded_; }
  std::size_t number() const override { return static_cast<std::size_t>(number_); }
  std::size_t count() const override { return static_cast<std::size_t>(count_); }
  std::size_t threads() const override { return threads_; }

  // Whoever is gone is missed by its silence, so that an error says nothing new.
  void send(std::size_t to, std::string_view text) override {
    MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, static_cast<int>(to), 0, MPI_COMM_WORLD);
  }

  std::optional<Message> receive() override {
    int is_there = 0;
    MPI_Status status;
    if (MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &is_there, &status) != MPI_SUCCESS || is_there == 0)
      return std::nullopt;
    int size = 0;
    MPI_Get_count(&status, MPI_CHAR, &size);
    Message message{.from = static_cast<std::size_t>(status.MPI_SOURCE),
                    .text = std::string(static_cast<std::size_t>(size), '\0')};
    if (MPI_Recv(message.text.data(), size, MPI_CHAR, status.MPI_SOURCE, 0, MPI_COMM_WORLD, &status) !=
        MPI_SUCCESS)
      return std::nullopt;
    return message;
  }

  void do_not_wait() override { is_waiting_ = false; }

 private:
  int number_ = 0, count_ = 1;
  std::size_t threads_ = 1;
  bool is_threaded_ = false, is_waiting_ = true;
};

}  // namespace

Result<std::unique_ptr<Ranks>> join_ranks() {
  auto ranks = std::make_unique<MpiRanks>();
  if (!ranks->is_threaded())
    return Diagnostic{.message = "this MPI allows no calls from several threads in turn",
                      .hint = "start one process, or use --shard"};
  return std::unique_ptr<Ranks>(std::move(ranks));
}

}  // namespace chipcast

#else

namespace chipcast {

Result<std::unique_ptr<Ranks>> join_ranks() {
  return Diagnostic{.message =
                        "this program was built without MPI, so that mpirun starts sweeps that know "
                        "nothing of each other",
                    .hint = "install libopenmpi-dev and build anew, or use --shard"};
}

}  // namespace chipcast

#endif
