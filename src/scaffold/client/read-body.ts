import { asMapping, type Mapping } from '../../model/yaml/mapping.ts';
import { dereference, memberOf, membersOf } from './document.ts';
import { stringLiteral } from './literals.ts';
import type { Body, Reply } from './operation.ts';
import { limits, type Reading } from './reading.ts';
import { typeOfSchema } from './schema-type.ts';
import { undefinedType, unknownType, type TypeNode } from './type-node.ts';

/** What an operation sends; undefined when it sends nothing. */
export function readBody(given: unknown, reading: Reading): Body | undefined {
  const body = dereference(reading.document, given);
  const content = membersOf(memberOf(body, 'content'));
  if (!body || content.length === 0) return undefined;
  const json = jsonContent(content);
  const required = body['required'] === true;
  if (!json) reading.notes.add('Bodies are sent as JSON only; other media types are unknown.');
  if (!json) return { type: unknownType('no JSON; it would be sent as JSON'), required };
  const type = contentType(json.content, 'readOnly', reading);
  return { type, required, ...(json.mediaType !== 'application/json' && { mediaType: json.mediaType }) };
}

/** The successful answers of an operation, the same ones together; never empty. */
export function readReplies(operation: Mapping, reading: Reading): Reply[] {
  const responses = membersOf(operation['responses']).slice(0, limits.values);
  const successful = responses.filter(([status]) => /^2(?:\d\d|XX)$/i.test(status));
  const chosen = successful.length > 0 ? successful : responses.filter(([status]) => status === 'default');
  const replies = new Map<string, Reply>();
  for (const [status, response] of chosen) {
    const reply = readReply(dereference(reading.document, response), reading);
    const key = JSON.stringify(reply);
    replies.set(key, { ...reply, statuses: [...(replies.get(key)?.statuses ?? []), Number(status)] });
  }
  const distinct = [...replies.values()];
  if (distinct.length === 0) return [{ statuses: [], body: unknownType(), hasEtag: false }];
  return distinct.length === 1 ? distinct.map((reply) => ({ ...reply, statuses: [] })) : distinct.map(withoutRange);
}

// `2XX` is no status that could tell answers apart.
function withoutRange(reply: Reply): Reply {
  return reply.statuses.some(Number.isNaN) ? { ...reply, statuses: [] } : reply;
}

function readReply(response: Mapping | undefined, reading: Reading): Omit<Reply, 'statuses'> {
  const hasEtag = membersOf(memberOf(response, 'headers')).some(([name]) => name.toLowerCase() === 'etag');
  const content = membersOf(memberOf(response, 'content'));
  if (content.length === 0) return { body: undefinedType, hasEtag };
  const json = jsonContent(content);
  if (!json) return { body: unknownType('no JSON'), hasEtag };
  const body = contentType(json.content, 'writeOnly', reading);
  return { body, hasEtag, ...(json.mediaType !== 'application/json' && { mediaType: json.mediaType }) };
}

function jsonContent(content: readonly [string, unknown][]): { mediaType: string; content: unknown } | undefined {
  const types = content.map(([range, value]) => ({
    mediaType: (range.slice(0, limits.nameLength).split(';')[0] ?? '').trim().toLowerCase(),
    content: value,
  }));
  const json = types.filter(({ mediaType }) => /^[\w.+-]+\/(?:[\w.+-]+\+)?json$/.test(mediaType));
  return json.find(({ mediaType }) => mediaType === 'application/json') ?? json[0];
}

/** The type of a content, without the members that never go this way. */
function contentType(content: unknown, direction: 'readOnly' | 'writeOnly', reading: Reading): TypeNode {
  const schema = memberOf(content, 'schema');
  const type = typeOfSchema(schema, reading);
  const properties = memberOf(dereference(reading.document, schema), 'properties');
  const without = membersOf(properties)
    .filter(([name]) => name.length <= limits.nameLength)
    .slice(0, limits.members)
    .filter(([, property]) => asMapping(property)?.[direction] === true)
    .map(([name]) => stringLiteral(name));
  return type.kind === 'name' && without.length > 0 ? { ...type, without } : type;
}
