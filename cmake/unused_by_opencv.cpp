// What OpenCV's static library names in code that dflare never reaches: decompositions and products of matrices, and
// OpenGL. With these a portable build carries neither LAPACK, Fortran's library nor X11 (docs/decisions/0023).
#include <stdexcept>

#define DFLARE_UNUSED(name)                                                         \
  extern "C" __attribute__((visibility("hidden"), noreturn)) void name() {          \
    throw std::logic_error("dflare was built without " #name ": please report it"); \
  }

DFLARE_UNUSED(cblas_cgemm)
DFLARE_UNUSED(cblas_dgemm)
DFLARE_UNUSED(cblas_sgemm)
DFLARE_UNUSED(cblas_zgemm)
DFLARE_UNUSED(dgels_)
DFLARE_UNUSED(dgeqrf_)
DFLARE_UNUSED(dgesdd_)
DFLARE_UNUSED(dgesv_)
DFLARE_UNUSED(dgetrf_)
DFLARE_UNUSED(dposv_)
DFLARE_UNUSED(dpotrf_)
DFLARE_UNUSED(sgels_)
DFLARE_UNUSED(sgeqrf_)
DFLARE_UNUSED(sgesdd_)
DFLARE_UNUSED(sgesv_)
DFLARE_UNUSED(sgetrf_)
DFLARE_UNUSED(sposv_)
DFLARE_UNUSED(spotrf_)

// No OpenGL here.
extern "C" __attribute__((visibility("hidden"))) void* glXGetProcAddressARB(const unsigned char* /*name*/) {
  return nullptr;
}
