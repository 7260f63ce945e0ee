// Writes schema/msa.schema.json from the definition that validates msa.yaml.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = await build({
  entryPoints: [`${root}src/model/schema/json-schema.ts`],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const [{ text }] = bundled.outputFiles;
const { renderJsonSchema } = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);

await mkdir(`${root}schema`, { recursive: true });
await writeFile(`${root}schema/msa.schema.json`, renderJsonSchema());
