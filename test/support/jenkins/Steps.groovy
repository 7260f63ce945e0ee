import java.nio.file.FileSystems
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.util.concurrent.locks.ReentrantLock
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** The steps of Jenkins, as methods of the script that a Jenkinsfile is. */
abstract class Steps extends Script {
    Build build
    private final Map<String, ReentrantLock> held = Collections.synchronizedMap([:].withDefault { new ReentrantLock() })
    private int lastOrdinal = -1

    Environment getEnv() { return new Environment(build) }
    CurrentBuild getCurrentBuild() { return new CurrentBuild(build) }
    Map getParams() { return build.given.parameters as Map }
    Object getScm() { return 'scm' }
    Map getDocker() { return [image: { String name -> new Image(name) }] }

    void pipeline(Closure closure) {
        PipelineSection section = new PipelineSection(script: this)
        section.read(closure)
        section.run(build)
    }

    Object script(Closure body) { return body() }
    void echo(Object text) { println(text) }
    void error(Object message) { throw new IllegalStateException(message as String) }

    void node(String label, Closure body) {
        if (label != 'docker') { error("no agent has the label ${label}") }
        if (Context.here().workspace != null) { error('an agent inside of an agent takes two executors for one') }
        build.executors.acquire()
        File workspace = build.takeWorkspace()
        try {
            Context.within(workspace: workspace, directory: workspace, body)
        } finally {
            build.giveBack(workspace)
            build.executors.release()
        }
    }

    Object dir(String path, Closure body) {
        return Context.within(directory: new File(Context.here().folder(), path), body)
    }

    void deleteDir() {
        Context.here().folder().deleteDir()
    }

    String readFile(String path) {
        return new File(Context.here().folder(), path).getText('UTF-8')
    }

    Object withEnv(List pairs, Closure body) {
        Map variables = pairs.collectEntries { pair ->
            List parts = pair.toString().split('=', 2) as List
            if (parts.size() != 2 || parts[0].contains('+')) { error("not NAME=value: ${pair}") }
            [parts[0], parts[1] ?: null]
        }
        return Context.within(variables: Context.here().variables + variables, body)
    }

    void timeout(int minutes, Closure body) { timeout(time: minutes, body) }
    void timeout(Map limit, Closure body) {
        Map units = [MINUTES: 60_000L, HOURS: 3_600_000L, DAYS: 86_400_000L]
        long end = System.currentTimeMillis() + (limit.time as long) * (units[limit.unit ?: 'MINUTES'] as long)
        Context.within(deadline: Math.min(end, Context.here().deadline), body)
    }

    void lock(Map options, Closure body) {
        String resource = options.resource
        ReentrantLock own = held[resource]
        own.lock()
        try {
            build.record(kind: 'lock', resource: resource)
            Context.within(locks: Context.here().locks + resource, body)
        } finally {
            own.unlock()
        }
    }

    void milestone(Map options) {
        int ordinal = options.ordinal == null ? lastOrdinal + 1 : options.ordinal as int
        if (ordinal <= lastOrdinal) { error("milestone ${ordinal} comes after ${lastOrdinal}") }
        lastOrdinal = ordinal
        build.record(kind: 'milestone', ordinal: ordinal, label: options.label)
        if (build.given.overtakenAt != null && build.given.overtakenAt == options.label) {
            throw new FlowInterruptedException("a newer run has passed ${options.label}")
        }
    }

    void input(Map options) {
        Context here = Context.here()
        if (here.workspace != null || here.locks) { error('a person is asked while an executor or a lock is held') }
        build.record(kind: 'input', message: options.message as String, submitter: options.submitter)
        if (build.given.answer != 'approve') { throw new FlowInterruptedException('Rejected by ada') }
    }

    void parallel(Map branches) {
        Throwable failure = Parallel.failureOf(branches.collectEntries { name, body ->
            [name, { runBranch(name as String, body as Closure) }]
        })
        if (failure != null) { throw failure }
    }

    void runBranch(String name, Closure body) {
        Context.within(place: Context.here().place + name) {
            Throwable failure = null
            try {
                body()
            } catch (Throwable thrown) {
                failure = thrown
                println("[${name}] ${thrown.getClass().simpleName}: ${thrown.message}")
            }
            build.record(kind: 'branch', result: Build.resultOf(failure))
            if (failure != null) { throw failure }
        }
    }

    Map checkout(Object source) {
        String url = build.given.repository
        String commit = build.given.commit
        String branch = build.given.branch
        Context.here().folder().mkdirs()
        List<List<String>> commands = [
            ['init', '--quiet'],
            ['remote', 'add', 'origin', url],
            ['fetch', '--quiet', '--no-tags', 'origin', "+${build.given.ref}:refs/remotes/origin/${branch}".toString()],
            ['checkout', '--quiet', '--detach', commit],
        ]
        commands.each { command -> Shell.git(Context.here().folder(), command) }
        return [GIT_COMMIT: commit, GIT_BRANCH: branch, GIT_URL: url]
    }

    Object sh(Map options) {
        File folder = Context.here().folder()
        folder.mkdirs()
        Shell shell = new Shell(build: build, folder: folder, label: options.label, hidden: options.returnStdout)
        int status = shell.run(options.script as String)
        build.record(
            kind: 'sh', label: options.label, status: status, image: Context.here().image,
            folder: Context.here().workspace.toPath().relativize(folder.toPath()).toString()
        )
        if (options.returnStatus) { return status }
        if (status != 0) { error("script returned exit code ${status}") }
        return options.returnStdout ? shell.stdout.toString() : null
    }

    Map usernamePassword(Map binding) { return credential(binding.credentialsId, [username: binding.usernameVariable, password: binding.passwordVariable]) }
    Map string(Map binding) { return credential(binding.credentialsId, [text: binding.variable]) }
    Map file(Map binding) { return credential(binding.credentialsId, [file: binding.variable]) }
    Map sshUserPrivateKey(Map binding) { return credential(binding.credentialsId, [file: binding.keyFileVariable]) }

    Map credential(Object id, Map names) {
        Map secret = (build.given.credentials as Map)[id as String] as Map
        if (secret == null) { error("Could not find credentials entry with ID '${id}'") }
        return names.collectEntries { part, name ->
            if (secret[part] == null) { error("credentials ${id} are of another kind: no ${part}") }
            [name, secret[part]]
        }
    }

    Object withCredentials(List bindings, Closure body) {
        return Context.within(variables: Context.here().variables + bindings.sum([:]), body)
    }

    void stash(Map options) {
        int count = copyMatching(options.includes as String, build.folder("stashes/${options.name}"))
        if (count == 0) { error("No files included in stash ${options.name}") }
    }

    void unstash(String name) {
        File source = new File(build.folder('stashes'), name)
        if (!source.directory) { error("No such saved stash ${name}") }
        copyAll(source.toPath(), Context.here().folder().toPath(), '**')
    }

    void archiveArtifacts(Map options) {
        int count = copyMatching(options.artifacts as String, build.folder('artifacts'))
        if (count == 0 && !options.allowEmptyArchive) { error("No artifacts found that match ${options.artifacts}") }
    }

    void junit(Map options) {
        List<Path> reports = matching(Context.here().folder().toPath(), options.testResults as String)
        if (reports.empty && !options.allowEmptyResults) { error('No test report files were found. Configuration error?') }
        reports.each { report ->
            Node suites = new groovy.xml.XmlParser().parse(report.toFile()) as Node
            List cases = suites.depthFirst().findAll { it instanceof Node && it.name() == 'testcase' }
            int failures = cases.count { it.failure || it.error }
            build.record(kind: 'junit', report: report.fileName.toString(), tests: cases.size(), failures: failures)
            if (failures > 0 && !options.skipMarkingBuildUnstable) { build.result = 'UNSTABLE' }
        }
    }

    int copyMatching(String pattern, File target) {
        return copyAll(Context.here().folder().toPath(), target.toPath(), pattern)
    }

    static int copyAll(Path source, Path target, String pattern) {
        List<Path> files = matching(source, pattern)
        files.each { file ->
            Path copy = target.resolve(source.relativize(file).toString())
            Files.createDirectories(copy.parent)
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING)
        }
        return files.size()
    }

    static List<Path> matching(Path folder, String pattern) {
        Object matcher = FileSystems.default.getPathMatcher("glob:${pattern}")
        List<Path> found = []
        if (Files.isDirectory(folder)) {
            Files.walk(folder).withCloseable { paths ->
                paths.filter { Files.isRegularFile(it) && matcher.matches(folder.relativize(it)) }.each { found << it }
            }
        }
        return found.sort()
    }
}

class Image {
    private final String name

    Image(String name) {
        this.name = name
    }

    Object inside(Closure body) {
        return Context.within(image: name, body)
    }
}
