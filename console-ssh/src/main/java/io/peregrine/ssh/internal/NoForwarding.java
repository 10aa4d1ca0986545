/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ssh.internal;

import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Keeps the console's ssh to the console. Karaf's server forwards ports for everybody who may log in, to what listens
 * to this machine only because it has no login, and no setting forbids that. Karaf publishes each server before that
 * listens, and another one whenever its settings change.
 */
public final class NoForwarding implements BundleActivator {
    @Override
    public void start(final BundleContext context) {
        new ServiceTracker<SshServer, SshServer>(context, SshServer.class, null) {
            @Override
            public SshServer addingService(final ServiceReference<SshServer> reference) {
                final var server = super.addingService(reference);
                if (server != null) {
                    server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
                }
                return server;
            }
        }.open();
    }

    @Override
    public void stop(final BundleContext context) {
        // The framework ends what the bundle follows
    }
}
