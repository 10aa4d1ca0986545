# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Removing a lab, whole or in pieces.

It trusts nothing that ``lab/up`` may not have had time to write down: what there
is to remove is found in the kernel, by the lab's names.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from pathlib import Path

from .errors import LabError
from .instance import NETNS_DIR, Instance
from .processes import ProcessRef, kill_all, members
from .shell import wait_until

_MNT_DETACH = 2
_ROUNDS = 5


def tear_down(instance: Instance) -> int:
    """Leave nothing of the lab; gives the number of processes that were killed.

    The caller holds the instance's lock.
    """
    killed = 0
    recorded = _recorded(instance)
    for _ in range(_ROUNDS):
        killed += kill_all(instance, recorded)
        for name in instance.namespaces():
            _remove_namespace(NETNS_DIR / name)
        # A child of a killed lab/up may just have made one more.
        if not members(instance, recorded) and not instance.namespaces():
            break
    else:
        raise LabError("something keeps starting parts of this lab; end it and run lab/down again")
    for directory in (instance.data_dir, instance.state_dir):
        _unmount_below(directory)
        _remove_tree(directory)
    return killed


def require_empty(instance: Instance) -> None:
    """Refuse unless nothing of this lab exists, apart from an empty state directory."""
    if instance.namespaces() or instance.data_dir.exists() or (
            instance.state_dir.exists() and any(instance.state_dir.iterdir())):
        raise LabError(f"a lab, or what is left of one, is there already: run lab/down first, with "
                       f"PEREGRINE_LAB={instance.name}")


def _recorded(instance: Instance) -> list[ProcessRef]:
    refs = []
    for path in instance.state_dir.glob("machines/*/processes.json"):
        try:
            refs += [ProcessRef(int(pid), int(start)) for pid, start in json.loads(path.read_text(encoding="ascii"))]
        except (OSError, ValueError, TypeError):
            continue
    return refs


def _remove_namespace(path: Path) -> None:
    """As ``ip netns delete``, which gives up on a name whose mount was never made."""
    _unmount(path)
    path.unlink(missing_ok=True)


def _unmount_below(directory: Path) -> None:
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
        points = [Path(line.split()[4].replace("\\040", " ")) for line in mounts]
    for point in reversed(points):
        if point == directory or directory in point.parents:
            _unmount(point)


def _unmount(path: Path) -> None:
    # Failure means that there is no mount: the removal that follows finds out whether that matters.
    ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(path), _MNT_DETACH)


def _remove_tree(directory: Path) -> None:
    if directory.is_symlink():
        directory.unlink()
        return
    # The kernel may still close files of processes that were killed a moment ago.
    wait_until(lambda: _try_remove(directory), 5, f"{directory} cannot be removed")


def _try_remove(directory: Path) -> bool:
    try:
        shutil.rmtree(directory)
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return not directory.exists()
