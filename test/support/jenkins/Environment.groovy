/** `env`: what is set here is there for all steps that come later. */
class Environment {
    private final Build build

    Environment(Build build) {
        this.build = build
    }

    Object propertyMissing(String name) {
        return build.environment()[name]
    }

    void propertyMissing(String name, Object value) {
        build.variables[name] = value as String
    }
}
