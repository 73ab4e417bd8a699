// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// A CA3 of a tenth of the cells, for tests of seconds: all of them connected, so that a cell has as
// many inputs from an assembly as in the default network.

#include "protocols/studies/ca3_network.hpp"

namespace protocols::test {

inline Ca3Params small_ca3() {
    Ca3Params p;
    p.cells = 240;
    p.items = 10;
    p.assembly = 20;
    p.baskets = 40;
    p.connectivity = 1;
    p.to_basket *= 2;   // half as many cells fire at once
    p.inhibition *= 5;  // a fifth of the basket cells
    p.ripple_rate = 4;
    return p;
}

}  // namespace protocols::test
