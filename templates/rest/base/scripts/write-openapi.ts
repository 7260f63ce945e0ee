import { writeFile } from 'node:fs/promises';
import { describeApi } from '../src/openapi.ts';
import { resource, service } from '../src/service.ts';

const document = describeApi(resource, service);
await writeFile(new URL('../openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
