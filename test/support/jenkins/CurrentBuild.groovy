/** `currentBuild`, and the runs before it. */
class CurrentBuild extends RunInfo {
    private final Build build

    CurrentBuild(Build build) {
        super(build.given)
        this.build = build
    }

    String getResult() { return null }
    String getCurrentResult() { return build.result }
    String getDescription() { return build.description }
    void setDescription(String text) { build.description = text }
}

/** A run as others see it. */
class RunInfo {
    private final Map facts

    RunInfo(Map facts) {
        this.facts = facts
    }

    int getNumber() { return facts.number as int }
    String getResult() { return facts.result }
    Map getBuildVariables() { return facts.variables as Map }
    RunInfo getPreviousBuild() { return facts.previous == null ? null : new RunInfo(facts.previous as Map) }
    List getBuildCauses(String type) {
        if (type != Build.CLOCK) { throw new IllegalArgumentException("unknown cause: ${type}") }
        return facts.byClock ? [[shortDescription: 'Started by timer']] : []
    }
}
