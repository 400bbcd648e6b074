// The machine that a run took place on: answers may differ between kinds of machine.
#pragma once

#include <nlohmann/json.hpp>

namespace dflare {

// {"cpu": model name, "features": [what arithmetic depends on], "cores": n}
nlohmann::ordered_json machine_json();

}  // namespace dflare
