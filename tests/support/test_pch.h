// SPDX-License-Identifier: GPL-3.0-or-later
// What every core test includes; precompiled.
#pragma once
#include "core/core_pch.h"
#include <QtTest>
