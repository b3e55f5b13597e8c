// SPDX-License-Identifier: GPL-3.0-or-later
// What nearly every window source includes; precompiled.
#pragma once

#include "core/core_pch.h"

#include <QtWidgets>
