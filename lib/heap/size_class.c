/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/size_class.h"

#include <stddef.h>

#include "runtime/spans.h"
#include "util/search.h"

static const uint16_t sizes[] = {
    8,    16,   24,    32,    48,    64,    80,    96,    112,   128,   144,   160,   176,   192,   208,   224,   240,
    256,  288,  320,   352,   384,   416,   448,   480,   512,   576,   640,   704,   768,   896,   1024,  1152,  1280,
    1408, 1536, 1792,  2048,  2304,  2688,  3072,  3200,  3456,  4096,  4864,  5376,  6144,  6528,  6784,  6912,  8192,
    9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
};

uint64_t gopm__slot_size(uint64_t size)
{
	size_t at;

	if (size == 0 || size > UINT64_MAX - GOPM__PAGE_BYTES) {
		return 0;
	}
	if (size > GOPM__MAX_SMALL_SIZE) {
		return (size + GOPM__PAGE_BYTES - 1) / GOPM__PAGE_BYTES * GOPM__PAGE_BYTES;
	}
	GOPM__LOWER_BOUND(at, sizeof sizes / sizeof sizes[0], sizes[at] < size);
	return sizes[at];
}
