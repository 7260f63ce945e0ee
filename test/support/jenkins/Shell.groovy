import java.util.concurrent.TimeUnit
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

/** One command of `sh`: its output goes to the log, and what it prints is kept. */
class Shell {
    Build build
    File folder
    Object label
    boolean hidden
    final StringBuffer stdout = new StringBuffer()
    private volatile boolean isEnded = false

    int run(String text) {
        File script = File.createTempFile('script', '.sh', new File("${Context.here().workspace.path}@tmp"))
        script.setText(text, 'UTF-8')
        ProcessBuilder builder = new ProcessBuilder('/bin/sh', '-xe', script.path).directory(folder)
        builder.environment().clear()
        builder.environment().putAll(build.environment())
        Process process = builder.start()
        process.outputStream.close()
        List<Thread> readers = [reader(process, process.inputStream, true), reader(process, process.errorStream, false)]
        boolean inTime = process.waitFor(Math.max(0, Context.here().deadline - System.currentTimeMillis()), TimeUnit.MILLISECONDS)
        if (!inTime) { end(process) }
        readers*.join()
        script.delete()
        if (isEnded) { throw new FlowInterruptedException(inTime ? 'Aborted by ada' : 'Timeout has been exceeded') }
        return process.waitFor()
    }

    private Thread reader(Process process, InputStream stream, boolean isOutput) {
        String place = Context.here().place.join(' / ')
        return Thread.start {
            stream.eachLine('UTF-8') { line ->
                if (isOutput) { stdout << line << '\n' }
                if (!(isOutput && hidden)) { println("[${place}] ${line}") }
                Map abort = build.given.abortAt as Map
                if (abort != null && abort.label == label && line.contains(abort.output as String)) { end(process) }
            }
        }
    }

    /** As when a person ends the run: everything the command has started is told to end. */
    private void end(Process process) {
        isEnded = true
        List<ProcessHandle> all = process.descendants().toList() + process.toHandle()
        all.each { handle -> handle.destroy() }
    }

    static void git(File folder, List<String> command) {
        List<String> whole = ['git', '-c', 'protocol.file.allow=always'] + command
        Process process = new ProcessBuilder(whole).directory(folder).redirectErrorStream(true).start()
        String output = process.inputStream.text
        if (process.waitFor() != 0) { throw new IllegalStateException("git ${command.join(' ')}: ${output}") }
    }
}
