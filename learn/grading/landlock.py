"""Keeps a process from writing outside of one folder, by Linux' own means: Landlock. Elsewhere nothing is kept."""

import ctypes
import functools
import os
import struct
import sys

# From include/uapi/linux/landlock.h; the numbers of the calls are the same on all machines.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_WRITE_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 14, 1 << 13
_CHANGE_FOLDERS = sum(1 << bit for bit in range(4, 13))  # to remove and to make files, folders, links, devices, sockets
_SCOPE_SIGNALS = 1 << 1
NEEDED = 3  # the version of Landlock that can tell who truncates a file


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def version() -> int:
    """The version of Landlock that this system has; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_library().syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def write_only_in(*folders: str) -> bool:
    """From now on, let this process, and those it starts, write in `folders` only. Returns whether that is so.

    Neither may they send signals to processes that were there before, where Landlock is of version 6 or later.
    """
    if version() < NEEDED:
        return False
    kept = _WRITE_FILE | _TRUNCATE | _REFER | _CHANGE_FOLDERS
    attributes = struct.pack("=QQQ", kept, 0, _SCOPE_SIGNALS if version() >= 6 else 0)
    attributes = attributes if version() >= 6 else attributes[:8]
    call = _library().syscall
    rules = call(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for folder in folders:
            opened = os.open(folder, os.O_PATH)
            try:
                if call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", kept, opened), 0) < 0:
                    return False
            finally:
                os.close(opened)
        _library().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(call(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)
