// SPDX-License-Identifier: GPL-3.0-or-later
// The library that carries the precompiled header of the window tests needs one source.
#include "tests/support/ui_test_pch.h"
