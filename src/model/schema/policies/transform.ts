import * as z from 'zod/mini';

import { jsonPathPattern, jsonPathProblem, moveProblem } from '../json-path.ts';
import { documented, mapping, text } from '../schema-parts.ts';
import { short, size } from './parts.ts';

const maxChanges = 50;
const name = /^[A-Za-z0-9_.~$[\]@:-]{1,100}$/;

const place = () => text(jsonPathPattern, jsonPathProblem);
const parameter = () => text(name, parameterProblem);

function parameterProblem(value: string): string | undefined {
  return name.test(value) ? undefined : 'must be the name of a query parameter, such as `page`';
}

function places(must: string) {
  const error = `${must}, with at most ${maxChanges} items`;
  return z.array(place(), { error }).check(z.maxLength(maxChanges, { error }));
}

type EntryProblem = (key: string, value: unknown) => string | undefined;

/** New names or values by what they are for; what is wrong with an entry stands at its value. */
function changes<Value extends z.ZodMiniType>(value: Value, must: string, problem: EntryProblem) {
  const error = `must have at most ${maxChanges} entries`;
  return z.record(z.string(), value, { error: must }).check(
    z.refine((given) => Object.keys(given).length <= maxChanges, { error }),
    ({ value: given, issues }) => {
      for (const [key, input] of Object.entries(given)) {
        const message = problem(key, input);
        if (message !== undefined) issues.push({ code: 'custom', path: [key], input, message });
      }
    },
  );
}

/** Places in JSON documents, by the places they go to. */
export function renames() {
  return changes(place(), 'must be a mapping such as `{ /qty: /quantity }`', renameProblem);
}

function renameProblem(from: string, to: unknown): string | undefined {
  return jsonPathProblem(from) ?? (typeof to === 'string' ? moveProblem(from, to) : undefined);
}

/** A place in a JSON document, or several of them. */
export const jsonPlace = place;
export const jsonPlaces = places;

const scalar = { error: 'must be a text, a number, true or false' };
const textual = () => z.union([z.string(scalar), z.number(scalar), z.boolean(scalar)], scalar);

const query = mapping(
  {
    remove: documented(
      z.nullish(z.array(parameter(), { error: 'must be a list such as `[debug]`' }).check(z.maxLength(maxChanges))),
      { description: 'Parameters that are left out.', examples: [['debug']] },
    ),
    rename: documented(z.nullish(changes(parameter(), 'must be a mapping such as `{ q: query }`', parameterProblem)), {
      description: 'New names of parameters.',
      examples: [{ q: 'query' }],
    }),
    set: documented(z.nullish(changes(textual(), 'must be a mapping such as `{ version: 2 }`', parameterProblem)), {
      description: 'Parameters with their values, in place of those that are there.',
      examples: [{ version: 2 }],
    }),
  },
  'must be a mapping such as `{ remove: [debug] }`',
);

function bodyChange() {
  return mapping(
    {
      pick: documented(z.optional(place()), {
        description: 'The part of the document that takes the place of the whole.',
        examples: ['/data'],
      }),
      remove: documented(z.nullish(places('must be a list such as `[/internal, /items/*/cost]`')), {
        description: 'Members that are left out; `*` is every item of a list.',
        examples: [['/internal']],
      }),
      rename: documented(z.nullish(renames()), {
        description: 'Members that get another name, or another place.',
        examples: [{ '/qty': '/quantity' }],
      }),
      set: documented(
        z.nullish(changes(z.unknown(), 'must be a mapping such as `{ /source: web }`', jsonPathProblem)),
        {
          description: 'Members with their values, in place of those that are there.',
          examples: [{ '/source': 'web' }],
        },
      ),
      wrap: documented(z.optional(text(jsonPathPattern, wrapProblem)), {
        description: 'The document becomes this member of a new one.',
        examples: ['data'],
      }),
    },
    'must be a mapping such as `{ remove: [/internal] }`',
  );
}

function wrapProblem(value: string): string | undefined {
  if (/[/.*]/.test(value)) return 'must be the name of a member, such as `data`';
  return jsonPathProblem(value);
}

const request = mapping(
  {
    query: documented(z.nullish(query), { description: 'Changes to the query, done in the order of these keys.' }),
    body: documented(z.nullish(bodyChange()), {
      description: 'Changes to JSON bodies, done in the order of these keys.',
    }),
  },
  'must be a mapping such as `{ query: { remove: [debug] } }`',
);

const response = mapping(
  { body: documented(z.nullish(bodyChange()), { description: 'Changes to JSON bodies of successful answers.' }) },
  'must be a mapping such as `{ body: { remove: [/internal] } }`',
);

const transform = mapping(
  {
    request: documented(z.nullish(request), {
      description: 'What of a request is changed before the service gets it.',
    }),
    response: documented(z.nullish(response), {
      description: 'What of an answer is changed before the client gets it.',
    }),
    maxBody: documented(z.optional(size('1k', '16m')), {
      description: 'A larger JSON body cannot be changed, so the request fails.',
      default: '1m',
    }),
  },
  'must be a mapping such as `{ response: { body: { remove: [/internal] } } }`',
);

/** Changes to queries and JSON bodies. */
export const transformKeys = {
  transform: documented(z.nullish(short(transform)), {
    description: 'Changes to queries and to JSON bodies, both ways.',
  }),
};
