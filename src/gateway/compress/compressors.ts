import type { Transform } from 'node:stream';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { BrotliOptions, ZlibOptions } from 'node:zlib';

import type { CompressionCoding } from '../../protocol/policies/compress.ts';

/*
 * Brotli's own defaults are for files that are compressed once: the greatest effort, and a window of 4 MiB for each answer
 * under way. These are about as fast as gzip, and take a fraction of a MiB.
 */
const brotli = (bytes: number): BrotliOptions => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 4,
    [constants.BROTLI_PARAM_LGWIN]: 18,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
  },
});
const deflate: ZlibOptions = { level: 6 };

/** Compresses a body that is there as a whole. */
export function compressWhole(body: Buffer, coding: CompressionCoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: Buffer): void => (error ? reject(error) : resolve(result));
    if (coding === 'br') brotliCompress(body, brotli(body.length), done);
    else gzip(body, deflate, done);
  });
}

/**
 * Compresses a body as it comes. Of one whose length is unknown nothing is held back, since nobody knows when more
 * will come.
 */
export function compressStream(coding: CompressionCoding, length: number | undefined): Transform {
  const isLive = length === undefined;
  if (coding === 'gzip') return createGzip({ ...deflate, ...(isLive && { flush: constants.Z_SYNC_FLUSH }) });
  return createBrotliCompress({ ...brotli(length ?? 0), ...(isLive && { flush: constants.BROTLI_OPERATION_FLUSH }) });
}
