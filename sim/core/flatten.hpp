// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Marks a loop that everything it calls is to be inlined into. Not in builds with sanitizers, whose
// checks in one such function take the compiler a quarter of an hour.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SHARPWAVE_FLATTEN
#else
#define SHARPWAVE_FLATTEN [[gnu::flatten]]
#endif
