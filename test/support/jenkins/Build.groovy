import groovy.json.JsonOutput
import java.util.concurrent.Semaphore
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** One run of a Jenkinsfile: what is given, what is known so far, and the record of what happened. */
class Build {
    static final String CLOCK = 'hudson.triggers.TimerTrigger$TimerTriggerCause'

    final Map given
    final Map<String, String> variables = Collections.synchronizedMap([:])
    final Set<File> workspaces = [] as Set
    final Semaphore executors
    String result = 'SUCCESS'
    String description

    Build(Map given) {
        this.given = given
        executors = new Semaphore(given.executors as int)
    }

    static String resultOf(Throwable failure) {
        return failure == null ? 'SUCCESS' : failure instanceof FlowInterruptedException ? 'ABORTED' : 'FAILURE'
    }

    /** One line of JSON for the test that runs this, and one for people. */
    synchronized void record(Map event) {
        Map whole = [place: Context.here().place.join(' / ')] + event
        new File(given.scratch as String, 'events.jsonl') << JsonOutput.toJson(whole) + '\n'
        println("[${whole.place}] ${event}")
    }

    /** As a step sees them: the machine's, the run's, those set with `env`, and what surrounds the step. */
    Map<String, String> environment() {
        Context here = Context.here()
        Map<String, String> all = [:] + System.getenv() + (given.environment as Map)
        (given.parameters as Map).each { name, value -> all[name as String] = value as String }
        all.BUILD_NUMBER = given.number as String
        all.BRANCH_NAME = given.branch as String
        synchronized (variables) { all.putAll(variables) }
        if (here.workspace != null) {
            all.WORKSPACE = here.workspace.path
            all.WORKSPACE_TMP = here.workspace.path + '@tmp'
        }
        all.putAll(here.variables)
        return all.findAll { name, value -> value != null }
    }

    File folder(String name) {
        File folder = new File(given.scratch as String, name)
        folder.mkdirs()
        return folder
    }

    synchronized File takeWorkspace() {
        File first = new File(folder('agent'), "${given.branch}")
        File free = (1..99).collect { number -> number == 1 ? first : new File("${first.path}@${number}") }
            .find { candidate -> !(candidate in workspaces) }
        workspaces << free
        free.mkdirs()
        new File("${free.path}@tmp").mkdirs()
        return free
    }

    synchronized void giveBack(File workspace) {
        workspaces.remove(workspace)
    }
}
