package org.sgsars.producer.config;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * {@code sgsars.producer}.
 *
 * @param experiment the experiment file to run; required
 * @param iterations instead of those of the file; 0 for the file's
 * @param run name of the run; empty for the experiment's name and the time
 * @param trace a trace to replay instead of the file's source; empty for the file's
 * @param readable folders that the file may name others of, separated by commas; empty for the
 *     file's folder, a folder traces beside it, and the working folder
 * @param shard {@code i/n} where n producers send the run, each some of its layers, and this is i,
 *     from 0; empty for all layers
 * @param resume whether a producer that was killed resumes its run when started again, on whatever
 *     machine; with a state folder it is known by its host's name, so that several may share the
 *     folder
 */
@ConfigurationProperties("sgsars.producer")
record ProducerConfiguration(
    @Bindable(defaultValue = "") String experiment,
    @Bindable(defaultValue = "0") long iterations,
    @Bindable(defaultValue = "") String run,
    @Bindable(defaultValue = "") String trace,
    @Bindable(defaultValue = "") String readable,
    @Bindable(defaultValue = "") String shard,
    @Bindable(defaultValue = "false") boolean resume) {}
