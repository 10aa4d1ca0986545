# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What a person does at virt-manager, by way of accessibility; Desktop runs it with Debian's Python, which has GObject.

Each command waits until it can be done, and exits with 1 if that takes too long.
"""

import argparse
import sys
import time
import warnings
from typing import Any, Callable, Iterator, Optional

import gi

gi.require_version("Atspi", "2.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Atspi, Gdk, GLib  # noqa: E402  a version has to be chosen before

#: The bindings call a deprecated name for what they offer under it.
warnings.simplefilter("ignore", DeprecationWarning)

_HANG = 60
_LIST = "Virtual Machine Manager"
_DIALOG = "Migrate the virtual machine"


class NotThere(Exception):
    """A thing is not on the screen."""


def below(thing: Any) -> Iterator[Any]:
    """What a thing consists of, top down; what vanishes meanwhile is left out."""
    try:
        for index in range(thing.get_child_count()):
            child = thing.get_child_at_index(index)
            if child is not None:
                yield child
                yield from below(child)
    except GLib.Error:
        return


def windows() -> Iterator[Any]:
    """All that are on the screen."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(index)
        for number in range(program.get_child_count() if program is not None else 0):
            window = program.get_child_at_index(number)
            if window is not None and has(window, Atspi.StateType.SHOWING):
                yield window


def has(thing: Any, state: Any) -> bool:
    return thing.get_state_set().contains(state)


def window(title: str) -> Any:
    """The window whose title begins so."""
    for one in windows():
        if one.get_name().startswith(title):
            return one
    raise NotThere(f"no window '{title}'; there are {[one.get_name() for one in windows()]}")


def part(of: Any, role: str, name: str) -> Any:
    for one in below(of):
        if one.get_role_name() == role and one.get_name() == name:
            return one
    raise NotThere(f"no {role} '{name}' in {of.get_name()}")


def listed() -> dict[tuple[str, str], tuple[str, Any]]:
    """The guests of the list: connection and name to state, and the cell."""
    found = {}
    connection = ""
    for cell in below(part(window(_LIST), "tree table", "vm-list")):
        text = cell.get_name() if cell.get_role_name() == "table cell" else ""
        name, line, state = text.partition("\n")
        if line:
            found[connection, name] = (state, cell)
        elif text:
            connection = text
    return found


def do(thing: Any, action: str = "click") -> None:
    if not has(thing, Atspi.StateType.SENSITIVE):
        raise NotThere(f"{thing.get_role_name()} '{thing.get_name()}' is grey")
    for index in range(thing.get_n_actions()):
        if thing.get_action_name(index) == action:
            thing.do_action(index)
            return
    raise NotThere(f"{thing.get_role_name()} '{thing.get_name()}' cannot '{action}' now")


def until(step: Callable[[], Any]) -> Any:
    """Try until it can be done."""
    deadline = time.monotonic() + _HANG
    while True:
        try:
            return step()
        except (NotThere, GLib.Error) as failure:
            if time.monotonic() > deadline:
                raise NotThere(f"{failure}; not within {_HANG} s") from failure
        time.sleep(0.05)


# The commands

def await_guest(connection: str, guest: str) -> None:
    """Until the list shows the guest running at one place, and at no other."""
    def look() -> None:
        states = {place: state for (place, name), (state, _) in listed().items() if name == guest}
        if states != {connection: "Running"}:
            raise NotThere(f"{guest} is not running at {connection} alone: {states}")
    until(look)


def ask(connection: str, guest: str, destination: str, address: Optional[str]) -> None:
    """Open the guest, choose Virtual Machine > Migrate..., and fill in the dialog.

    With an empty address libvirt is to decide; without one the dialog's own stays.
    """
    def opened() -> Any:
        title = f"{guest} on {connection}"
        if not any(one.get_name() == title for one in windows()):
            _, cell = listed().get((connection, guest), (None, None))
            if cell is None:
                raise NotThere(f"{guest} is not listed at {connection}")
            cell.grab_focus()
            do(cell, "activate")
        return window(title)

    def chosen() -> None:
        if not any(one.get_name().startswith(_DIALOG) for one in windows()):
            do(part(part(opened(), "menu", "Virtual Machine"), "menu item", "Migrate..."))
        part(window(_DIALOG), "label", f"Migrate '{guest}'")
        try:
            do(part(part(window(_DIALOG), "combo box", "conn-combo"), "menu item", destination))
        except NotThere:
            # What is connected the dialog only asks when it opens
            do(part(window(_DIALOG), "push button", "Cancel"))
            raise

    until(chosen)
    if address == "":
        until(lambda: do(part(window(_DIALOG), "check box", "address-check")))
        until(lambda: part(window(_DIALOG), "label", "Let libvirt decide"))
    elif address is not None:
        until(lambda: part(window(_DIALOG), "text", "address-text").set_text_contents(address))


def migrate() -> None:
    until(lambda: do(part(window(_DIALOG), "push button", "Migrate")))


def await_refusal() -> None:
    """Until virt-manager says that it did not work; print its words, and close all that is open of it."""
    def shown() -> Any:
        for one in windows():
            if one.get_role_name() == "alert":
                return one
        raise NotThere("no message")

    alert = until(shown)
    print("\n".join(one.get_name() for one in below(alert) if one.get_role_name() == "label" and one.get_name()))
    do(part(alert, "push button", "Close"))
    until(lambda: do(part(window(_DIALOG), "push button", "Cancel")))


def picture(title: str, file: str) -> None:
    """What is on the screen where the window is."""
    shown = until(lambda: window(title)).get_extents(Atspi.CoordType.SCREEN)
    pixels = Gdk.pixbuf_get_from_window(Gdk.get_default_root_window(), shown.x, shown.y, shown.width, shown.height)
    pixels.savev(file, "png", ["compression"], ["9"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for command, arguments in ((await_guest, ("connection", "guest")),
                               (ask, ("connection", "guest", "destination", "--address")), (migrate, ()),
                               (await_refusal, ()), (picture, ("title", "file"))):
        one = commands.add_parser(command.__name__.replace("_", "-"))
        one.set_defaults(command=command)
        for argument in arguments:
            one.add_argument(argument)
    wishes = vars(parser.parse_args())
    try:
        wishes.pop("command")(**wishes)
    except NotThere as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
