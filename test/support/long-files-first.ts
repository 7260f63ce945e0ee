import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What these do stands in test/support: the files are small, and take the longest of all. */
const long = /\/test\/e2e\/(?:system|rest|workflow)-/;

/** Of the files that take minutes the longest go first, or the last would run alone; vitest takes the largest for the longest. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => Number(isShort(one)) - Number(isShort(other)));
  }
}

function isShort({ project, moduleId }: TestSpecification): boolean {
  return project.name === 'e2e' && !long.test(moduleId);
}
