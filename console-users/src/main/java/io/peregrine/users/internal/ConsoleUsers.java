/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.karaf.jaas.config.JaasRealm;
import org.apache.karaf.jaas.modules.BackingEngineFactory;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Has Karaf's users kept in their file, with hashes: by a realm, by what the console changes the file with, and by a
 * thread that replaces plain passwords. Comes before what lets people in, so that nobody is ever let in by Karaf's own
 * realm, which without hashes takes the text of the file as the password.
 */
public final class ConsoleUsers implements BundleActivator {
    private static final String KARAFS = "org.apache.karaf.jaas.modules";

    private final UsersFile users = new UsersFile(Path.of(System.getProperty("karaf.etc"), "users.properties"));
    private final Thread thread = new Thread(this::lookOn, "users-file");

    @Override
    public void start(final BundleContext context) throws Exception {
        final var karafs = follow(context, bundle -> KARAFS.equals(bundle));
        final var others = follow(context,
            bundle -> !KARAFS.equals(bundle) && !bundle.equals(context.getBundle().getSymbolicName()));
        context.registerService(BackingEngineFactory.class, new UsersEngine.Factory(), null);
        context.registerService(JaasRealm.class, new HashedRealm(context.getBundle().getBundleId(),
            () -> Optional.ofNullable(karafs.getService()), () -> others.getTracked().values()), null);

        users.look();
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void stop(final BundleContext context) throws Exception {
        // The framework ends all else
        thread.interrupt();
        thread.join(UsersFile.QUIET_WITHOUT_END.toMillis());
    }

    private static ServiceTracker<JaasRealm, JaasRealm> follow(final BundleContext context,
            final Predicate<String> bundles) {
        final var tracker = new ServiceTracker<JaasRealm, JaasRealm>(context, JaasRealm.class, null) {
            @Override
            public JaasRealm addingService(final ServiceReference<JaasRealm> reference) {
                return bundles.test(reference.getBundle().getSymbolicName()) ? super.addingService(reference) : null;
            }
        };
        tracker.open();
        return tracker;
    }

    private void lookOn() {
        try {
            while (true) {
                Thread.sleep(UsersFile.QUIET.toMillis());
                users.look();
            }
        } catch (InterruptedException e) {
            // The bundle ends
        }
    }
}
