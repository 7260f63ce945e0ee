import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilerConfiguration

/*
 * Runs a Jenkinsfile on this machine, for tests. This is not Jenkins, which cannot be had from a package registry; it is its steps
 * and sections anew, as far as our Jenkinsfiles use them, and everything else is an error.
 *
 * What is real: Groovy compiles and runs the file; `sh` runs /bin/sh -xe with the variables of the run, parameters, `env` and
 * `withEnv`; `checkout` clones what a multibranch job would, one branch and nothing more; branches of `parallel` are threads; `node`
 * takes one of so many executors and a workspace of its own; limits, locks, stashes, artifacts, JUnit reports and failures.
 * `input` is answered by the test, and refused where it would hold an executor or a lock.
 *
 * What is not: nothing is transformed so that it could go on after a restart, nothing runs in Jenkins' sandbox, `inside` an image
 * runs on this machine with the variables alone, milestones say what they are told to, and Groovy is 4 where Jenkins has 2.4.
 */
Map given = new JsonSlurper().parse(new File(args[0])) as Map
Build build = new Build(given)
CompilerConfiguration configuration = new CompilerConfiguration(scriptBaseClass: 'Steps')
Script script = new GroovyShell(getClass().classLoader, new Binding(), configuration).parse(new File(given.jenkinsfile as String))
script.build = build
try {
    script.run()
} catch (Throwable failure) {
    failure.printStackTrace(System.out)
    build.result = 'INVALID'
}
build.record(kind: 'run', result: build.result, description: build.description, variables: build.variables)
System.exit(build.result == 'SUCCESS' ? 0 : 1)
