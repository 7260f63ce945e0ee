import { stringify } from 'yaml';

import { addService } from './edit-workspace.ts';
import type { WrittenService } from './schema/workspace-schema.ts';
import type { EngineChoice } from './workspace.ts';

/** What the first `msa.yaml` of a workspace says. */
export interface NewWorkspace {
  readonly name: string;
  readonly engine: EngineChoice;
  /** Where editors find the JSON Schema: a URL, or a path relative to the file. */
  readonly schema: string;
  /** What `gateway` says beside the port, as indented YAML. */
  readonly gateway?: string;
  readonly services?: Readonly<Record<string, WrittenService>>;
}

/** Renders the `msa.yaml` of a new workspace, with a word on each part for whoever opens it first. */
export function renderWorkspace({ name, engine, schema, gateway = '', services = {} }: NewWorkspace): string {
  const empty = [
    `# yaml-language-server: $schema=${schema}`,
    `name: ${stringify(name).trimEnd()}`,
    '',
    '# What runs the instances: docker, process (plain processes), or auto: Docker when it answers.',
    `engine: ${engine}`,
    '',
    'gateway:',
    '  port: 8080 # or auto, to take a free one',
    gateway,
    '# One entry per service: `msa new service <name>` adds one, `msa validate` checks them all.',
    'services: {}',
    '',
  ].join('\n');
  return Object.entries(services).reduce((text, [service, written]) => addService(text, service, written), empty);
}
