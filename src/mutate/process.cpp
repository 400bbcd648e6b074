// OpenCV's settings.
#include "dflare/process.h"

#include <opencv2/core/utility.hpp>

namespace dflare {

void use_one_opencv_thread() { cv::setNumThreads(1); }

}  // namespace dflare
