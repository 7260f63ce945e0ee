import * as z from 'zod/mini';

import { durationPattern, parseDurationMs, parseSizeBytes, sizePattern } from '../quantities.ts';
import { text } from '../schema-parts.ts';

/** A duration between two others. */
export function duration(least: string, most: string) {
  return text(durationPattern, (value) => {
    const durationMs = parseDurationMs(value);
    if (Number.isNaN(durationMs)) return 'must be a duration with its unit, such as `2s`, `500ms` or `1m`';
    const isInside = durationMs >= parseDurationMs(least) && durationMs <= parseDurationMs(most);
    return isInside ? undefined : `must be from \`${least}\` to \`${most}\``;
  });
}

/** An amount of bytes between two others. */
export function size(least: string, most: string) {
  return text(sizePattern, (value) => {
    const bytes = parseSizeBytes(value);
    if (Number.isNaN(bytes)) return 'must be an amount with its unit, such as `64k` or `1m`';
    const isInside = bytes >= parseSizeBytes(least) && bytes <= parseSizeBytes(most);
    return isInside ? undefined : `must be from \`${least}\` to \`${most}\``;
  });
}

const fieldNamePattern = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const maxFieldNames = 32;

/** A few names of header fields. */
export function fieldNames(example: string) {
  const error = `must be a list of at most ${maxFieldNames} names of header fields, such as \`${example}\``;
  const name = text(fieldNamePattern, (value) =>
    fieldNamePattern.test(value) ? undefined : 'must be the name of a header field, such as `x-version`',
  );
  return z.array(name, { error }).check(z.maxLength(maxFieldNames, { error }));
}

/** With what the gateway makes of it, this is what the registry passes on. */
const maxCharacters = 24_000;

/** A mapping that is not endless. */
export function short<Schema extends z.ZodMiniType>(schema: Schema): Schema {
  const error = `must have at most ${maxCharacters} characters in all`;
  return schema.check(z.refine((value) => JSON.stringify(value).length <= maxCharacters, { error }));
}
