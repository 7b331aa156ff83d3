#include "model/battery.hpp"

#include <algorithm>
#include <array>

namespace chipcast {

std::string_view name(Drain drain) {
  constexpr std::array<std::string_view, 4> names = {"inference", "idle power", "other loads",
                                                     "self-discharge"};
  return names[static_cast<std::size_t>(drain)];
}

BatteryLife battery_life(Joules capacity, const BatteryUse& use) {
  constexpr Seconds month = 30.0 * day;
  const Joules usable = use.usable * capacity;
  BatteryLife result;
  result.inference = use.energy_per_inference * use.inferences_per_second / use.conversion;
  result.idle = use.idle_power / use.conversion;
  result.other_loads = use.other_loads / use.conversion;
  result.self_discharge = use.self_discharge_per_month * capacity / month;
  const std::array<Watts, 4> drains = {result.inference, result.idle, result.other_loads,
                                       result.self_discharge};
  Watts total;
  for (const Watts drain : drains) total += drain;
  result.life = usable / total;
  result.most = static_cast<Drain>(std::ranges::max_element(drains) - drains.begin());
  return result;
}

Endurance endurance_of(const Estimate& estimate, const Target& target, const BatteryQuestion& question) {
  Endurance answer;
  answer.rate = question.rate.value_or(estimate.throughput);
  answer.keeps_up = answer.rate <= estimate.throughput;
  const std::optional<Battery>& own = target.device->battery;
  if (!question.capacity && !own) return answer;
  answer.capacity = question.capacity ? *question.capacity : own->capacity.value;
  if (!estimate.energy || !answer.keeps_up) return answer;
  const Energy& energy = *estimate.energy;
  BatteryUse use{.energy_per_inference = energy.active() / estimate.batch,
                 .inferences_per_second = answer.rate,
                 .idle_power = target.idle_power,
                 .other_loads = question.other_loads};
  if (!question.capacity) {
    use.usable = own->usable.value;
    use.conversion = own->conversion.value;
    use.self_discharge_per_month = own->self_discharge.value;
  }
  answer.battery = battery_life(answer.capacity, use);
  return answer;
}

}  // namespace chipcast
