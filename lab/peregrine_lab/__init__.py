# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""A test bed of real hypervisors in separate IP subnets, on one Linux machine.

Every host is a set of namespaces.  Nothing is created in the machine's own
network namespace, and nothing below the machine's own /etc/openvswitch,
/var/lib/libvirt and so on is touched.  See README.md beside this package.
"""
