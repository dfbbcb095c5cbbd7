package org.sgsars.policy;

/** The settings of a policy that takes none. */
public record NoSettings() {}
