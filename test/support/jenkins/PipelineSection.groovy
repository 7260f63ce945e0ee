/** A section of a declarative pipeline: it knows its own words, and every other one is an error. */
abstract class Section {
    Script script

    void read(Closure closure) {
        Closure own = closure.clone() as Closure
        own.delegate = this
        own.resolveStrategy = Closure.DELEGATE_ONLY
        own()
    }

    Object methodMissing(String name, Object args) {
        throw new MissingMethodException("${name} in ${getClass().simpleName}", getClass(), args as Object[])
    }

    /** Code in a section sees what the script sees. */
    protected Closure runnable(Closure closure) {
        return closure.rehydrate(script, script, script)
    }
}

class PipelineSection extends Section {
    static final Object none = 'none'

    StagesSection stages
    PostSection post = new PostSection()

    void agent(Object kind) {
        if (kind != none) { throw new IllegalArgumentException('an agent for all would be held while a person is asked') }
    }

    void options(Closure closure) { new OptionsSection(script: script).read(closure) }
    void parameters(Closure closure) { new ParametersSection(script: script).read(closure) }
    void triggers(Closure closure) { new TriggersSection(script: script).read(closure) }
    void stages(Closure closure) {
        stages = new StagesSection(script: script)
        stages.read(closure)
    }
    void post(Closure closure) {
        post.script = script
        post.read(closure)
    }

    void run(Build build) {
        Throwable failure = stages.runInTurn(build)
        if (failure != null) { build.result = Build.resultOf(failure) }
        post.run(build)
    }
}

/** Of these, the limit of a whole run is all that would change what happens, and no test takes ten days. */
class OptionsSection extends Section {
    Map logRotator(Map settings) { return settings }
    void buildDiscarder(Map settings) { }
    void disableRestartFromStage() { }
    void skipDefaultCheckout() { }
    void timeout(Map limit) { }
    void timestamps() { }
}

class ParametersSection extends Section {
    void booleanParam(Map parameter) {
        Map values = script.build.given.parameters as Map
        if (!values.containsKey(parameter.name)) { values[parameter.name] = parameter.defaultValue }
    }
}

class TriggersSection extends Section {
    void cron(String spec) { script.build.record(kind: 'trigger', cron: spec) }
}

class StagesSection extends Section {
    List<StageSection> all = []

    void stage(String name, Closure closure) {
        StageSection stage = new StageSection(script: script, name: name)
        stage.read(closure)
        all << stage
    }

    /** The first failure, after which the others are skipped. */
    Throwable runInTurn(Build build) {
        Throwable failure = null
        for (StageSection stage : all) {
            if (failure == null) {
                failure = stage.run(build)
            } else {
                stage.skip(build)
            }
        }
        return failure
    }

    Throwable runAtOnce(Build build) {
        return Parallel.failureOf(all.collectEntries { stage ->
            [stage.name, { Throwable failure = stage.run(build); if (failure != null) { throw failure } }]
        })
    }
}

class StageSection extends Section {
    String name
    WhenSection condition
    Closure work
    StagesSection branches

    void when(Closure closure) {
        condition = new WhenSection(script: script)
        condition.read(closure)
    }
    void steps(Closure closure) { work = runnable(closure) }
    void parallel(Closure closure) {
        branches = new StagesSection(script: script)
        branches.read(closure)
    }

    Throwable run(Build build) {
        return Context.within(place: Context.here().place + name) {
            Throwable failure = null
            if (name in build.given.leaveOut) { return null }
            if (condition != null && !condition.holds()) {
                build.record(kind: 'stage', result: 'SKIPPED')
                return null
            }
            try {
                if (branches == null) { work() } else { failure = branches.runAtOnce(build) }
            } catch (Exception exception) {
                failure = exception
                println("[${name}] ${exception.getClass().simpleName}: ${exception.message}")
            }
            build.record(kind: 'stage', result: Build.resultOf(failure))
            return failure
        } as Throwable
    }

    void skip(Build build) {
        Context.within(place: Context.here().place + name) { build.record(kind: 'stage', result: 'NOT REACHED') }
    }
}

class WhenSection extends Section {
    List<Closure> conditions = []

    void expression(Closure closure) { conditions << runnable(closure) }
    void changeRequest() { conditions << { script.env.CHANGE_ID != null } }

    boolean holds() {
        return conditions.every { condition -> condition() }
    }
}

class PostSection extends Section {
    List<Closure> always = []

    void always(Closure closure) { always << runnable(closure) }

    void run(Build build) {
        always.each { body -> body() }
    }
}
