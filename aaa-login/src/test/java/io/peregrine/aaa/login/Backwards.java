/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import java.io.IOException;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;

/** Lets those in whose password is their name backwards, with a role of their name. */
public final class Backwards implements LoginModule {
    private Subject subject;
    private CallbackHandler handler;

    /** Makes it what Karaf's realm asks. */
    static void configure() {
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(final String name) {
                return name.equals("karaf") ? new AppConfigurationEntry[] {new AppConfigurationEntry(
                    Backwards.class.getName(), LoginModuleControlFlag.REQUIRED, Map.of())} : null;
            }
        });
    }

    static void forget() {
        Configuration.setConfiguration(null);
    }

    static String password(final String user) {
        return new StringBuilder(user).reverse().toString();
    }

    @Override
    public void initialize(final Subject newSubject, final CallbackHandler callbackHandler,
            final Map<String, ?> sharedState, final Map<String, ?> options) {
        subject = newSubject;
        handler = callbackHandler;
    }

    @Override
    public boolean login() throws LoginException {
        final var name = new NameCallback("name");
        final var password = new PasswordCallback("password", false);
        try {
            handler.handle(new Callback[] {name, password});
        } catch (IOException | UnsupportedCallbackException e) {
            throw new IllegalStateException(e);
        }
        if (!password(name.getName()).equals(new String(password.getPassword()))) {
            throw new FailedLoginException("no");
        }
        subject.getPrincipals().add(new RolePrincipal(name.getName()));
        return true;
    }

    @Override
    public boolean commit() {
        return true;
    }

    @Override
    public boolean abort() {
        return true;
    }

    @Override
    public boolean logout() {
        return true;
    }
}
