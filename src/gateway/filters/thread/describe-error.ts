import { SourceMap } from 'node:module';

const maxLength = 1000;

/** Says what an error is and in which line of the filter's own files it was thrown. */
export function createErrorDescriber(code: string, file: string): (error: unknown) => string {
  let map: SourceMap | undefined;
  let hasLooked = false;
  const mapOf = (): SourceMap | undefined => {
    // Read when something first goes wrong: most filters never need it.
    if (!hasLooked) map = readMap(code);
    hasLooked = true;
    return map;
  };
  return (error) => {
    const place = error instanceof Error ? placeOf(String(error.stack), file, mapOf) : undefined;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${short(error)}`;
    return `${text.slice(0, maxLength)}${place === undefined ? '' : ` (${place})`}`;
  };
}

function placeOf(stack: string, file: string, mapOf: () => SourceMap | undefined): string | undefined {
  const start = stack.indexOf(`${file}:`);
  if (start < 0) return undefined;
  const [, line = '', column = ''] = /^:(\d{1,7}):(\d{1,7})/.exec(stack.slice(start + file.length)) ?? [];
  if (line === '') return undefined;
  const entry = mapOf()?.findEntry(Number(line) - 1, Number(column) - 1);
  if (entry === undefined || !('originalLine' in entry)) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function readMap(code: string): SourceMap | undefined {
  const marker = 'sourceMappingURL=data:application/json;base64,';
  const start = code.lastIndexOf(marker);
  if (start < 0) return undefined;
  try {
    const text = Buffer.from(code.slice(start + marker.length), 'base64').toString();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Our own compiler has written it.
    return new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return undefined;
  }
}

function short(value: unknown): string {
  try {
    return String(value).slice(0, 200);
  } catch {
    return 'something';
  }
}
