package org.jenkinsci.plugins.workflow.steps

/** What Jenkins throws in steps of a run that is ended, by its name there. */
class FlowInterruptedException extends Exception {
    FlowInterruptedException(String message) {
        super(message)
    }
}
