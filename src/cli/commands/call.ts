import { randomUUID } from 'node:crypto';

import { callGateway, headerOf, type Answered, type CallDeps } from '../../app/operate/call/call-gateway.ts';
import { describeLinks } from '../../app/operate/call/describe-links.ts';
import { gatewayAddress } from '../../app/operate/call/gateway-address.ts';
import { exitCodes } from '../../model/errors.ts';
import { headers as headerNames } from '../../protocol/headers.ts';
import { parseHeader, parseMethod, readBody } from '../arguments/call-input.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { durationOption, isSet, textArgument, textOptions } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { describeAnswer, printAnswer, renderLinks } from '../render/answer-output.ts';
import { withSystem } from '../running.ts';

const defaultTimeoutMs = 30_000;

/** Sends a request through the gateway, follows links if asked to, and shows the answer with the links it has. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const method = parseMethod(textArgument(input, 0));
  const headers = textOptions(input, 'header').map(parseHeader);
  const isOther = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const sources = textOptions(input, 'data');
  const timeoutMs = durationOption(input, 'timeout') ?? defaultTimeoutMs;
  const bodies: Uint8Array[] = [];
  for (const source of sources) bodies.push(await readBody(source, { ...deps, isOther }));
  return withSystem(deps, async ({ observation }) => {
    const http = await deps.httpCaller();
    const calling = { http, gateway: gatewayAddress(observation), newKey: randomUUID, signal: deps.signal };
    const follow = textOptions(input, 'follow');
    const call = { method, target: textArgument(input, 1), headers, bodies, follow, timeoutMs };
    return show(await callGateway(calling, call), { input, deps, calling });
  });
}

interface Showing {
  readonly input: CommandInput;
  readonly deps: Deps;
  readonly calling: CallDeps;
}

async function show(answered: Answered, { input, deps, calling }: Showing): Promise<CommandResult> {
  const exitCode = answered.answer.status >= 400 ? exitCodes.failed : exitCodes.done;
  if (deps.output.json) return { data: await describeAnswer(answered, calling), text: '', exitCode };
  deps.say(summaryOf(answered));
  const body = await printAnswer(answered.answer, { deps, http: calling.http, include: isSet(input, 'include') });
  const links = await describeLinks(calling, answered, body);
  if (links.length > 0) deps.say(renderLinks(links));
  if (answered.answer.status === 428) deps.say(preconditionHint);
  return { data: undefined, text: '', exitCode };
}

const preconditionHint =
  '\nhint: It wants to know which version you saw. Read it and follow its link, which sends the ETag along: ' +
  "msa call GET <path> --follow <rel>. Or add -H 'If-Match: *' for any version.";

/** `POST /orders: 201 Created by orders-2` */
function summaryOf({ method, url, answer, unfollowed }: Answered): string {
  const { status, statusText } = answer;
  const instance = headerOf(answer, headerNames.instance);
  const reason = headerOf(answer, headerNames.gatewayError);
  return [
    `${method} ${url}: ${status} ${statusText}`,
    instance === undefined ? '' : ` by ${instance}`,
    reason === undefined ? '' : ` by the gateway itself (${reason})`,
    unfollowed.length === 0 ? '' : `; not followed: ${unfollowed.join(', ')}`,
  ].join('');
}
