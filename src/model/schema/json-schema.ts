import * as z from 'zod/mini';

import { workspaceSchema } from './workspace-schema.ts';

/** The JSON Schema of `msa.yaml` for editors, as the text of its file. Draft 7, which YAML servers know best. */
export function renderJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(workspaceSchema, { target: 'draft-7', io: 'input' });
  const title = {
    $schema,
    title: 'msa.yaml',
    description: 'A workspace of msa: services, how they are reached and run.',
  };
  return `${JSON.stringify({ ...title, ...schema }, null, 2)}\n`;
}
