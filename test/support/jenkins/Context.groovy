/** What surrounds a step: what `withEnv`, `dir`, `node`, `timeout` and the stages around it have set. Never changed, only copied. */
class Context {
    private static final ThreadLocal<Context> HERE = ThreadLocal.withInitial { new Context() }

    /** Names of stages and branches, the outermost first. */
    List<String> place = []
    /** Variables by name; null: not set, whatever the run says. */
    Map<String, String> variables = [:]
    /** The workspace on an agent, and where in it. */
    File workspace
    File directory
    /** The image that steps would run in. */
    String image
    List<String> locks = []
    long deadline = Long.MAX_VALUE

    static Context here() {
        return HERE.get()
    }

    static Object within(Map changes, Closure body) {
        return inside(here().with(changes), body)
    }

    static Object inside(Context context, Closure body) {
        Context before = here()
        HERE.set(context)
        try {
            return body()
        } finally {
            HERE.set(before)
        }
    }

    Context with(Map changes) {
        Map fields = [
            place: place, variables: variables, workspace: workspace, directory: directory,
            image: image, locks: locks, deadline: deadline,
        ]
        return new Context(fields + changes)
    }

    File folder() {
        if (directory == null) { throw new IllegalStateException('Required context class hudson.FilePath is missing: no agent here') }
        return directory
    }
}
