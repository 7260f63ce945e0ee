import type { ContractReport } from '../../app/delivery/contract/check-contracts.ts';
import { isRefused, tellFinding, type Finding, type ServiceContract } from '../../delivery/contract/judge-service.ts';
import type { JUnitSuite } from '../../delivery/junit.ts';
import type { Colors } from '../terminal/colors.ts';

/** What breaks, each with whom it concerns, and below it a line for each service. */
export function renderContracts({ services }: ContractReport, colors: Colors): string {
  const broken = services.flatMap((contract) => {
    const paint = isRefused(contract) ? colors.red : colors.yellow;
    return breakingLines(contract).map((line) => paint(line));
  });
  const width = Math.max(0, ...services.map(({ service }) => service.length));
  const lines = services.map((contract) => `${contract.service.padEnd(width)}  ${renderStatus(contract, colors)}`);
  return [...broken, ...(broken.length > 0 ? [''] : []), ...lines].join('\n');
}

const maxLines = 30;

/** What one schema does to many operations is told once, with how many they are. */
function breakingLines({ service, findings }: ServiceContract): readonly string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings.filter(({ breaking }) => breaking)) {
    const key = finding.pointer === '' ? finding.message : `${finding.rule} ${finding.document} ${finding.pointer}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const lines = [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const more = others.length === 0 ? '' : ` and ${others.length} more like it`;
    return [`${tellFinding(service, first)}${more}`];
  });
  const left = lines.length - maxLines;
  return left > 0 ? [...lines.slice(0, maxLines), `${service}: and ${left} more; --json lists them all`] : lines;
}

function renderStatus({ status, version, allowed, reason, findings }: ServiceContract, colors: Colors): string {
  const count = findings.filter(({ breaking }) => breaking).length;
  const changes = `${count} breaking ${count === 1 ? 'change' : 'changes'}`;
  if (allowed === 'version')
    return colors.yellow(
      `${changes}, allowed: nobody here calls it, and its version went from ${version.from} to ${version.to}`,
    );
  if (allowed === 'commit') return colors.yellow(`${changes}, allowed by a commit`);
  if (allowed === 'option') return colors.yellow(`${changes}, allowed by --allow-breaking`);
  const words: Readonly<Record<ServiceContract['status'], string>> = {
    same: 'unchanged',
    compatible: colors.green(`compatible: ${findings.length} ${findings.length === 1 ? 'change' : 'changes'}`),
    breaking: colors.red(changes),
    new: 'new contract',
    none: colors.dim('no contract'),
    incomparable: colors.yellow(`not compared: ${reason}`),
    unreadable: colors.red(`unreadable: ${reason}`),
    vanished: colors.red('its contract is gone'),
    removed: count > 0 ? colors.red('removed') : 'removed; nobody called it',
  };
  return words[status];
}

/** A case for each service that has or had a contract. */
export function contractSuite({ services }: ContractReport): JUnitSuite {
  const cases = services
    .filter(({ status }) => status !== 'none')
    .map((contract) => {
      const { service, status, findings, reason } = contract;
      const lines = findings.map(
        (finding) => `${finding.breaking ? 'breaking' : 'compatible'}  ${tellFinding(service, finding)}`,
      );
      const output = [...(reason === undefined ? [] : [reason]), ...lines].join('\n');
      if (!isRefused(contract)) return { name: service, output };
      const told = findings.filter(({ breaking }) => breaking).map((finding) => tellFinding(service, finding));
      const [message = reason ?? status] = told;
      return {
        name: service,
        outcome: { kind: 'failure', type: status, message, text: told.join('\n') },
        output,
      } as const;
    });
  return { name: 'contract', cases };
}
