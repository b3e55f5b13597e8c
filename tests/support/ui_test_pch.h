// SPDX-License-Identifier: GPL-3.0-or-later
// What every window test includes; precompiled.
#pragma once
#include "ui/ui_pch.h"
#include <QtTest>
