// An array of a size that is only bounded, not known: zeroed by the kernel, and a page costs memory only once
// it has been touched.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace chatlab::loadgen {

template <class Element>
class ZeroPages {
  static_assert(std::is_trivially_destructible_v<Element>);

 public:
  ZeroPages() = default;
  explicit ZeroPages(std::size_t size) : size_(size) {
    if (size == 0) return;
    void* pages = ::mmap(nullptr, size * sizeof(Element), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    elements_ = static_cast<Element*>(pages);
  }
  ZeroPages(ZeroPages&& other) noexcept
      : elements_(std::exchange(other.elements_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  ZeroPages& operator=(ZeroPages&& other) noexcept {
    std::swap(elements_, other.elements_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ZeroPages() {
    if (elements_) ::munmap(elements_, size_ * sizeof(Element));
  }

  std::size_t size() const { return size_; }
  Element& operator[](std::size_t i) { return elements_[i]; }
  const Element& operator[](std::size_t i) const { return elements_[i]; }

 private:
  Element* elements_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace chatlab::loadgen
