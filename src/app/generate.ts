import type { ServiceAnswers } from '../scaffold/answers/answers.ts';
import { renderAnswers } from '../scaffold/changes/base.ts';
import type { ServiceChoices } from '../scaffold/answers/choices.ts';
import { generateService, layersOf } from '../scaffold/render/generate-service.ts';
import { clientFrom } from './clients.ts';
import { readLayers, type TemplateSource } from './read-templates.ts';
import type { GeneratedUnit } from './unit-files.ts';

/** What generating needs of the world. */
export interface Generator extends TemplateSource {
  readonly version: string;
}

/** A service to be generated: what was chosen, what that means, where it goes, and the contracts of what it calls. */
export interface ServiceOrder {
  readonly choices: ServiceChoices;
  readonly answers: ServiceAnswers;
  readonly directory: string;
  /** By the name of the callee; undefined where its contract is not known. */
  readonly contracts: ReadonlyMap<string, unknown>;
}

/** Everything a service consists of, with a typed client for every callee whose contract is known. */
export async function generateServiceUnit(
  generator: Generator,
  { choices, answers, directory, contracts }: ServiceOrder,
): Promise<{ readonly unit: GeneratedUnit; readonly notes: readonly string[] }> {
  const layers = await readLayers(generator, layersOf(answers));
  const texts = new Map(generateService(answers, layers));
  const notes: string[] = [];
  for (const callee of answers.calls) {
    const client = clientFrom(callee, contracts.get(callee));
    if (client.ok) texts.set(client.path, client.content);
    else notes.push(`no client for ${callee}: ${client.problem}`);
  }
  const unit = {
    unit: answers.name,
    directory,
    files: texts,
    answers: renderAnswers(choices, generator.version),
    isComplete: true,
  };
  return { unit, notes };
}
