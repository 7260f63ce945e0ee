import { checkContracts, type ContractReport } from '../../app/delivery/contract/check-contracts.ts';
import { openJUnitFile } from '../../app/delivery/junit-file.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { listOption, textArguments, textOption } from '../arguments/option-values.ts';
import { contractSuite, renderContracts } from '../delivery/render-contracts.ts';
import type { Deps } from '../deps.ts';

/** Compares contracts over a range; what breaks callers decides the exit code. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const writeSuites = await openJUnitFile(deps.files, deps.directory, textOption(input, 'junit'));
  const [range] = textArguments(input, 0);
  const report = await checkContracts(deps, { range, allowed: listOption(input, 'allowBreaking') });
  await writeSuites([contractSuite(report)]);
  const failure = findFailure(report);
  const { from = null, to = null } = report.range;
  const data = { ...report, range: { from, to } };
  const result = { data, text: renderContracts(report, deps.colors) };
  return failure === undefined ? result : { ...result, failure };
}

function findFailure({ services, refused }: ContractReport): MsaError | undefined {
  if (refused.length === 0) return undefined;
  const unreadable = services.filter(({ status }) => status === 'unreadable');
  if (unreadable.length === refused.length) {
    const [first] = unreadable;
    return new MsaError('MSA_CONTRACT_UNREADABLE', first?.reason ?? '', {
      details: unreadable.slice(1).flatMap(({ reason }) => reason ?? []),
      hint: 'Write it anew with `npm run openapi` in the service, or correct it.',
    });
  }
  const broken = refused.filter((name) => !unreadable.some(({ service }) => service === name));
  const called = services.some(({ service, callers }) => broken.includes(service) && callers.length > 0);
  return new MsaError('MSA_CONTRACT_BROKEN', `the contract of ${broken.join(', ')} breaks callers`, {
    details: unreadable.flatMap(({ reason }) => reason ?? []),
    hint: [
      'Keep what callers use beside what is new. Where the break is meant,',
      ...(called ? [] : ['raise the first number of info.version, or']),
      `end the message of a commit with "Allow-Breaking: ${broken.join(', ')}"; here: msa contract --allow-breaking ${broken.join(',')}`,
    ].join(' '),
  });
}
