import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException

class Parallel {
    /** All go to their end. Of several failures, one that is no interruption says more. */
    static Throwable failureOf(Map<String, Closure> branches) {
        Context around = Context.here()
        List<Throwable> failures = Collections.synchronizedList([])
        List<Thread> threads = branches.collect { name, body ->
            Thread.start(name as String) {
                try {
                    Context.inside(around) { body() }
                } catch (Throwable failure) {
                    failures << failure
                }
            }
        }
        threads*.join()
        return failures.find { !(it instanceof FlowInterruptedException) } ?: failures.find()
    }
}
