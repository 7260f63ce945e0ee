import { compressionCodings } from '../../protocol/policies/compress.ts';
import type { CompressPolicy } from '../../protocol/policies/compress.ts';
import { parseSizeBytes } from '../schema/quantities.ts';
import type { WrittenPolicy } from '../schema/policy-schema.ts';

const defaultMinBytes = 1024;

/** What is compressed of the answers of a route or an edge; undefined when nothing is asked for. */
export function compressPolicy({ compress }: WrittenPolicy): CompressPolicy | undefined {
  if (compress === undefined || compress === null || compress === false) return undefined;
  const { codings, minBytes, types } = compress === true ? {} : compress;
  return {
    codings: [...new Set(codings ?? compressionCodings)],
    minBytes: minBytes === undefined ? defaultMinBytes : parseSizeBytes(minBytes),
    types: types ?? [],
  };
}
