// SPDX-License-Identifier: BSD-3-Clause
#pragma once
// Large arrays on huge pages where the system has them: with pages of 4 KiB every visit to a random
// place of a large network would wait for the translation of its address.

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace sim {

template <class T>
struct HugePages {
    using value_type = T;

    HugePages() = default;
    template <class Other>
    HugePages(const HugePages<Other>&) {}  // NOLINT: allocators convert

    T* allocate(std::size_t n) {
        const std::size_t bytes = n * sizeof(T);
        if (bytes < least) return static_cast<T*>(::operator new(bytes, line));
        void* p = std::aligned_alloc(page, (bytes + page - 1) / page * page);
        if (p == nullptr) throw std::bad_alloc();
        madvise(p, (bytes + page - 1) / page * page, MADV_HUGEPAGE);  // a wish: nothing depends on it
        return static_cast<T*>(p);
    }
    void deallocate(T* p, std::size_t n) {
        if (n * sizeof(T) < least) ::operator delete(p, line);
        else std::free(p);
    }
    friend bool operator==(const HugePages&, const HugePages&) { return true; }

private:
    static constexpr std::size_t page = std::size_t{1} << 21U;
    static constexpr std::size_t least = page / 4;  // bytes that are worth a page
    static constexpr std::align_val_t line{64};     // of the cache
};

template <class T>
using HugeArray = std::vector<T, HugePages<T>>;

}  // namespace sim
