#ifndef GOPM_CORE_ARCH_ARM64_ARCH_H
#define GOPM_CORE_ARCH_ARM64_ARCH_H

#include "core/arch/arch.h"

extern const struct gopm__arch gopm__arch_arm64;

#endif
