#include <dflare/search.h>

int main() { return static_cast<int>(dflare::strategy_names().size()) - 5; }
