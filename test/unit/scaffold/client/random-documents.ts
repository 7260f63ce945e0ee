import { randomFrom } from '../random-texts.ts';
import { hostileTexts } from './documents.ts';

type Random = () => number;

const words = `openapi info paths components schemas parameters get post put delete operationId summary description
  requestBody responses content application/json schema headers ETag $ref type properties items required enum const oneOf
  anyOf allOf nullable additionalProperties in name style explode links rel method href servers url query header path
  deprecated readOnly 200 default title prefixItems patternProperties`.split(/\s+/);

/** Any JSON at all, mostly made of the words of OpenAPI. */
export function randomJson(seed: number, depth = 7): unknown {
  return jsonFrom(randomFrom(seed), depth);
}

/** Documents with operations and schemas put together at random: valid enough to become clients. */
export function randomDocuments(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => documentFrom(randomFrom(index + 1)));
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

function listOf<Value>(random: Random, most: number, make: () => Value): Value[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, make);
}

function jsonFrom(random: Random, depth: number): unknown {
  const kind = depth === 0 ? random() * 0.4 : random();
  if (kind < 0.1) return pick<unknown>(random, [null, true, false, 0, -1.5, 1e300, [], {}]);
  if (kind < 0.3) return pick(random, words);
  if (kind < 0.4) return pick(random, hostileTexts);
  if (kind < 0.5) return listOf(random, 4, () => jsonFrom(random, depth - 1));
  return mapping(listOf(random, 6, () => [pick(random, [...words, 'PROTO']), jsonFrom(random, depth - 1)]));
}

/** As JSON.parse makes it: `__proto__` is a key like every other. */
function mapping(entries: readonly (readonly [string, unknown])[]): unknown {
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)).replaceAll('"PROTO":', '"__proto__":'));
}

const schemaNames = ['Thing', 'a-b', 'Reply', 'Promise', 'class', '1', 'größe', 'links'];

function documentFrom(random: Random): unknown {
  const content = () => ({ 'application/json': { schema: schemaFrom(random, 4) } });
  const parameter = () => ({
    name: pick(random, hostileTexts),
    in: pick(random, ['query', 'header', 'path']),
    required: random() < 0.5,
    schema: schemaFrom(random, 2),
  });
  const operation = () => ({
    summary: pick(random, hostileTexts),
    parameters: listOf(random, 5, parameter),
    requestBody: { required: random() < 0.5, content: content() },
    responses: mapping(listOf(random, 3, () => [pick(random, ['200', '201', '2XX']), { content: content() }])),
  });
  const paths = ['/a', '/a/{id}', '/b/{class}/{id}', `/${pick(random, hostileTexts)}`];
  return {
    openapi: pick(random, ['3.0.3', '3.1.0']),
    paths: Object.fromEntries(paths.map((path) => [path, { get: operation(), post: operation() }])),
    components: { schemas: Object.fromEntries(schemaNames.map((name) => [name, schemaFrom(random, 4)])) },
  };
}

function schemaFrom(random: Random, depth: number): unknown {
  const inner = () => schemaFrom(random, depth - 1);
  const leaves = [
    () => ({ type: pick<unknown>(random, ['string', 'integer', 'boolean', 'null', ['string', 'null'], 'object']) }),
    () => ({ $ref: `#/components/schemas/${pick(random, schemaNames)}` }),
    () => ({ enum: listOf(random, 4, () => pick<unknown>(random, ['a', "'", 1, null, true, ...hostileTexts])) }),
  ];
  const branches = [
    () => ({ type: 'array', items: inner() }),
    () => ({ oneOf: listOf(random, 3, inner), nullable: random() < 0.3 }),
    () => ({ allOf: listOf(random, 3, inner), description: pick(random, hostileTexts) }),
    () => ({ additionalProperties: inner() }),
    () => ({
      description: pick(random, hostileTexts),
      properties: mapping(listOf(random, 4, () => [pick(random, hostileTexts), inner()])),
      required: hostileTexts.filter(() => random() < 0.3),
      ...(random() < 0.3 && { additionalProperties: inner() }),
    }),
  ];
  return pick(random, depth === 0 ? leaves : [...leaves, ...branches, ...branches])();
}
