import { pinnedImage } from '../pins/pins.ts';

/*
 * What every pipeline runs, whatever system runs the pipeline: POSIX shell, in the folder of the workspace. Values that
 * differ from run to run come in as variables of the environment and are never written into the text.
 */

export interface PipelineSteps {
  /** Brings the msa that the workspace pins. */
  readonly install: string;
  /** Says when the files of the pipeline are not what msa.yaml says. */
  readonly verify: string;
  /** RANGE: the commits. */
  readonly contract: string;
  /** SYSTEM: names of services, with blanks between. */
  readonly up: string;
  readonly smoke: string;
  /** Empty when nothing is to be killed. */
  readonly chaos: string;
  readonly logs: string;
  readonly down: string;
  /** IMAGE: one that this machine has. */
  readonly scan: string;
}

const msa = './node_modules/.bin/msa';

export function pipelineSteps(chaos: readonly string[]): PipelineSteps {
  return {
    install: 'npm ci --ignore-scripts --no-audit --no-fund',
    verify: `${msa} ci verify`,
    contract: `${msa} contract "$RANGE" --junit reports/contract.xml`,
    up: withServices(`${msa} up $SYSTEM --engine docker --timeout 10m`),
    smoke: withServices(`${msa} smoke $SYSTEM --junit reports/smoke.xml`),
    chaos: chaos.length === 0 ? '' : killEach(chaos),
    logs: `mkdir -p reports\n${msa} logs --tail 500 > reports/logs.txt`,
    down: `${msa} down --volumes`,
    scan: [
      'docker run --rm --volume /var/run/docker.sock:/var/run/docker.sock \\',
      `  ${pinnedImage('anchore/grype')} \\`,
      '  --only-fixed --fail-on high "docker:$IMAGE"',
    ].join('\n'),
  };
}

function withServices(command: string): string {
  return `# Names of services, a word each.\n# shellcheck disable=SC2086\n${command}`;
}

/** Of those services that run at all: a change elsewhere does not start them. */
function killEach(services: readonly string[]): string {
  return [
    `for service in ${services.join(' ')}; do`,
    '  case " $SYSTEM " in',
    '    *" $service "*)',
    `      ${msa} chaos kill "$service" --junit "reports/chaos-$service.xml"`,
    '      ;;',
    '    *) echo "$service does not run in this system test" ;;',
    '  esac',
    'done',
  ].join('\n');
}
