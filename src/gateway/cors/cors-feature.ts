import { fieldOf } from '../http/fields.ts';
import type { Feature, Layer } from '../pipeline/feature.ts';
import type { Outcome } from '../pipeline/outcome.ts';
import type { ReplyHead } from '../pipeline/reply-stage.ts';
import type { Incoming } from '../proxy/incoming.ts';
import { compileCors } from './compile-cors.ts';
import type { Cors } from './compile-cors.ts';

/** Lets pages of other origins use routes: answers preflights itself, before anybody is asked who he is. */
export const corsFeature: Feature = {
  name: 'cors',
  compile: ({ policy }) => (policy.cors ? corsLayer(compileCors(policy.cors)) : undefined),
};

const nothing = Buffer.alloc(0);

function corsLayer(cors: Cors): Layer {
  return { step: (incoming) => answerPreflight(incoming, cors), stage: { begin: dropOwnWord } };
}

function answerPreflight(incoming: Incoming, { answerFields, preflightFields }: Cors): Outcome {
  const { fields } = incoming.head;
  const origin = fieldOf(fields, 'origin');
  const method = incoming.method === 'OPTIONS' ? fieldOf(fields, 'access-control-request-method') : undefined;
  if (origin === undefined || method === undefined) {
    incoming.addReplyFields(...answerFields(origin));
    return undefined;
  }
  const headers = fieldOf(fields, 'access-control-request-headers');
  return { status: 204, fields: preflightFields({ origin, method, headers }), body: nothing };
}

/** What a service says of other origins itself would contradict the route, and twice is once too often for browsers. */
function dropOwnWord({ fields }: ReplyHead): undefined {
  let kept = 0;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? '';
    if (name.toLowerCase().startsWith('access-control-')) continue;
    fields[kept] = name;
    fields[kept + 1] = fields[index + 1] ?? '';
    kept += 2;
  }
  fields.length = kept;
}
