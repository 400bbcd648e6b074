// What changes the whole process. The library never does it by itself; a program may.
#pragma once

namespace dflare {

// Keeps OpenCV, which blurs, turns and resizes images, from starting threads: the search's workers keep all cores busy
// as it is. Holds for every user of OpenCV in the process. To be called before the first search.
void use_one_opencv_thread();

}  // namespace dflare
